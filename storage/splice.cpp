#include "storage/splice.h"

#include "storage/column_block.h"

namespace dossier::storage {

void Splices::index_minis(std::size_t mini_count) {
    minis.assign(mini_count + 1, Mini{});
    std::size_t at = 0;
    for (std::size_t mini = 0; mini <= mini_count; ++mini) {
        minis[mini].first = static_cast<std::uint32_t>(at);
        for (; at < list.size() &&
               (mini == mini_count || list[at].position / blocks::mini_rows == mini);
             ++at) {
            minis[mini].net += list[at].row == removal ? -1 : 1;
        }
    }
}

namespace splicing {
namespace {

template <typename Vector>
[[gnu::always_inline]] inline void copy_piece(const std::uint64_t* from, std::uint64_t* to) {
    constexpr std::size_t width = sizeof(Vector) / 8;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < overshoot; i += width) {
        *reinterpret_cast<Vector*>(to + i) = *reinterpret_cast<const Vector*>(from + i);
    }
}

template <typename Vector>
[[gnu::always_inline]] inline void copy_gap(const std::uint64_t* from, std::size_t count,
                                            std::uint64_t* to) {
    // Nearly always one piece: no branch that depends on the distance between changes.
    copy_piece<Vector>(from, to);
    for (std::size_t i = overshoot; i < count; i += overshoot) {
        copy_piece<Vector>(from + i, to + i);
    }
}

template <typename Vector>
[[gnu::always_inline]] inline void splice(const std::uint64_t* values, std::size_t size,
                                          std::size_t start,
                                          std::span<const Splices::Splice> splices, const Row* rows,
                                          std::size_t column, std::uint64_t* out) {
    std::size_t position = 0;
    const Splices::Splice* const limit = splices.data() + splices.size();
    for (const Splices::Splice* splice = splices.data(); splice != limit; ++splice) {
        const std::size_t gap = splice->position - start - position;
        copy_gap<Vector>(values + position, gap, out);
        out += gap;
        position += gap;
        // Inserting and removing take the same steps.
        const bool inserts = splice->row != Splices::removal;
        *out = rows[inserts ? splice->row : 0][column].bits;
        out += static_cast<std::size_t>(inserts);
        position += static_cast<std::size_t>(!inserts);
    }
    copy_gap<Vector>(values + position, size - position, out);
}

using Narrow = std::uint64_t __attribute__((vector_size(16), aligned(1), may_alias));
using Wide = std::uint64_t __attribute__((vector_size(32), aligned(1), may_alias));

void splice_baseline(const std::uint64_t* values, std::size_t size, std::size_t start,
                     std::span<const Splices::Splice> splices, const Row* rows, std::size_t column,
                     std::uint64_t* out) {
    splice<Narrow>(values, size, start, splices, rows, column, out);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void splice_avx2(const std::uint64_t* values, std::size_t size,
                                         std::size_t start,
                                         std::span<const Splices::Splice> splices, const Row* rows,
                                         std::size_t column, std::uint64_t* out) {
    splice<Wide>(values, size, start, splices, rows, column, out);
}
#endif

using Function = void (*)(const std::uint64_t*, std::size_t, std::size_t,
                          std::span<const Splices::Splice>, const Row*, std::size_t,
                          std::uint64_t*);

Function choose() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        return splice_avx2;
    }
#endif
    return splice_baseline;
}

}  // namespace

void splice_column(const std::uint64_t* values, std::size_t size, std::size_t start,
                   std::span<const Splices::Splice> splices, const Row* rows, std::size_t column,
                   std::uint64_t* out) {
    static const Row none{};
    static const Function function = choose();
    function(values, size, start, splices, rows == nullptr ? &none : rows, column, out);
}

}  // namespace splicing

}  // namespace dossier::storage
