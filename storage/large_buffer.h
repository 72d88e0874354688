#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

namespace dossier::storage {

// Memory for values that are all written before they are read: nobody fills it with zeros first,
// great ones go back to the system as soon as they are freed, and ask it for huge pages, which
// spares a page fault for each 4 KiB.
template <typename T>
class LargeBuffer {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

  public:
    LargeBuffer() = default;
    // Throws std::bad_alloc.
    explicit LargeBuffer(std::size_t count) {
        if (count > max_bytes / sizeof(T)) throw std::bad_alloc();
        data_ = static_cast<T*>(allocate(count * sizeof(T)));
        size_ = count;
    }
    // All bytes are zero. Throws std::bad_alloc.
    static LargeBuffer zeroed(std::size_t count) {
        LargeBuffer buffer(count);
        const std::size_t bytes = count * sizeof(T);
        // What the system maps is zero already.
        if (!is_mapped(bytes)) std::memset(static_cast<void*>(buffer.data_), 0, bytes);
        return buffer;
    }
    LargeBuffer(LargeBuffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    LargeBuffer& operator=(LargeBuffer&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~LargeBuffer() {
        if (is_mapped(size_ * sizeof(T)))
            ::munmap(data_, size_ * sizeof(T));
        else
            std::free(data_);
    }

    T* data() const { return data_; }
    std::size_t size() const { return size_; }
    T& operator[](std::size_t at) const { return data_[at]; }

  private:
    static constexpr std::size_t huge_page = std::size_t{2} << 20;
    static constexpr std::size_t max_bytes = std::size_t{1} << 46;

    static bool is_mapped(std::size_t bytes) { return bytes >= huge_page; }

    static void* allocate(std::size_t bytes) {
        if (!is_mapped(bytes)) {
            void* const memory = std::malloc(bytes);
            if (memory == nullptr && bytes != 0) throw std::bad_alloc();
            return memory;
        }
        void* const memory =
            ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        // A hint: where it is not taken, pages are small.
        ::madvise(memory, bytes, MADV_HUGEPAGE);
        return memory;
    }

    T* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace dossier::storage
