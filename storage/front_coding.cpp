#include "storage/front_coding.h"

#include <algorithm>
#include <cstring>
#include <memory>

#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>

#include <dossier/error.h>

#include "storage/common_prefix.h"
#include "storage/term_bytes.h"

namespace dossier::storage {

namespace {

constexpr int compression_level = 3;
constexpr std::size_t seal_bytes = 12;
// A block holds at most 256 terms, a term at most what one statement may hold; more is damage.
constexpr std::uint64_t most_plain_bytes = std::uint64_t{1} << 31;

struct CompressionContext {
    std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context{ZSTD_createCCtx(), &ZSTD_freeCCtx};
};
struct DecompressionContext {
    std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context{ZSTD_createDCtx(), &ZSTD_freeDCtx};
};

[[noreturn]] void throw_damaged(std::string_view what) {
    throw StoreError("damaged store: " + std::string(what) + " is not what was written");
}

}  // namespace

void append_sealed(std::string& out, std::uint64_t place, std::string_view plain) {
    static thread_local CompressionContext compression;
    if (!compression.context) throw std::bad_alloc();
    if (plain.size() >= most_plain_bytes) throw LimitError("a term block of more than 2 GiB");
    const std::size_t start = out.size();
    const std::size_t bound = ZSTD_compressBound(plain.size());
    out.resize(start + seal_bytes + bound);
    const std::size_t size =
        ZSTD_compressCCtx(compression.context.get(), out.data() + start + seal_bytes, bound,
                          plain.data(), plain.size(), compression_level);
    if (ZSTD_isError(size) != 0) {
        throw StoreError(std::string("compressing terms: ") + ZSTD_getErrorName(size));
    }
    out.resize(start + seal_bytes + size);
    const auto plain_size = static_cast<std::uint32_t>(plain.size());
    std::memcpy(out.data() + start + 8, &plain_size, 4);
    const std::uint64_t checksum =
        XXH3_64bits_withSeed(out.data() + start + 8, out.size() - start - 8, place);
    std::memcpy(out.data() + start, &checksum, 8);
}

std::string open_sealed(std::string_view stored, std::uint64_t place, std::string_view what) {
    static thread_local DecompressionContext decompression;
    if (!decompression.context) throw std::bad_alloc();
    if (stored.size() < seal_bytes ||
        read_u64(stored.data()) !=
            XXH3_64bits_withSeed(stored.data() + 8, stored.size() - 8, place)) {
        throw_damaged(what);
    }
    std::string plain(read_u32(stored.data() + 8), '\0');
    const std::size_t size =
        ZSTD_decompressDCtx(decompression.context.get(), plain.data(), plain.size(),
                            stored.data() + seal_bytes, stored.size() - seal_bytes);
    if (ZSTD_isError(size) != 0 || size != plain.size()) throw_damaged(what);
    return plain;
}

void FrontCodedBlock::add(std::string_view bytes, std::string_view note) {
    std::size_t shared = 0;
    if (count_ % restart_interval != 0) shared = common_prefix(previous_, bytes);
    append_varint(shared_, shared);
    append_varint(lengths_, bytes.size() - shared);
    bytes_ += bytes.substr(shared);
    if (!note.empty()) {
        append_varint(notes_, count_);
        append_varint(notes_, note.size());
        notes_ += note;
        ++note_count_;
    }
    if (count_ == 0) first_ = bytes;
    previous_.resize(shared);
    previous_ += bytes.substr(shared);
    if (count_ % restart_interval == 0) previous_ = bytes;
    ++count_;
}

void FrontCodedBlock::add_with_id(std::string_view bytes, std::uint64_t id) {
    add(bytes);
    ids_.push_back(id);
}

void FrontCodedBlock::finish(std::uint64_t place, std::string& out) {
    std::string plain;
    plain.reserve(16 + shared_.size() + lengths_.size() + notes_.size() + bytes_.size() +
                  8 * ids_.size());
    append_varint(plain, count_);
    append_varint(plain, ids_.empty() ? 0 : 1);
    append_varint(plain, note_count_);
    plain += shared_;
    plain += lengths_;
    plain += notes_;
    for (std::uint64_t id : ids_) append_u64(plain, id);
    plain += bytes_;
    append_sealed(out, place, plain);
    count_ = note_count_ = 0;
    first_.clear();
    previous_.clear();
    shared_.clear();
    lengths_.clear();
    bytes_.clear();
    notes_.clear();
    ids_.clear();
}

DecodedTerms DecodedTerms::decode(std::string_view stored, std::uint64_t place,
                                  std::string_view what) {
    const std::string plain = open_sealed(stored, place, what);
    std::string_view in = plain;
    std::uint64_t count = 0, with_ids = 0, notes = 0;
    if (!read_varint(in, count) || !read_varint(in, with_ids) || !read_varint(in, notes) ||
        count == 0 || count > terms_per_block || with_ids > 1 || notes > count) {
        throw_damaged(what);
    }
    std::uint64_t shared[terms_per_block], lengths[terms_per_block];
    for (std::uint64_t i = 0; i < count; ++i) {
        if (!read_varint(in, shared[i])) throw_damaged(what);
    }
    std::uint64_t total = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        if (!read_varint(in, lengths[i]) || lengths[i] > plain.size()) throw_damaged(what);
        const std::uint64_t before = i == 0 ? 0 : shared[i - 1] + lengths[i - 1];
        if (shared[i] > before) throw_damaged(what);
        total += shared[i] + lengths[i];
    }
    if (total > UINT32_MAX) throw_damaged(what);
    DecodedTerms terms;
    for (std::uint64_t i = 0; i < notes; ++i) {
        std::uint64_t index = 0, length = 0;
        if (!read_varint(in, index) || !read_varint(in, length) || index >= count ||
            length > in.size()) {
            throw_damaged(what);
        }
        terms.notes_.emplace_back(static_cast<std::uint32_t>(index), in.substr(0, length));
        in.remove_prefix(length);
    }
    if (with_ids == 1) {
        if (in.size() < 8 * count) throw_damaged(what);
        terms.ids_.resize(count);
        std::memcpy(terms.ids_.data(), in.data(), 8 * count);
        in.remove_prefix(8 * count);
    }
    terms.offsets_.resize(count + 1);
    // Room to copy in steps of 16 bytes beyond the end.
    terms.bytes_.resize(total + 16);
    char* out = terms.bytes_.data();
    const char* previous = out;
    const char* suffix = in.data();
    const char* const suffix_end = in.data() + in.size();
    for (std::uint64_t i = 0; i < count; ++i) {
        terms.offsets_[i] = static_cast<std::uint32_t>(out - terms.bytes_.data());
        if (lengths[i] > static_cast<std::uint64_t>(suffix_end - suffix)) throw_damaged(what);
        char* const start = out;
        if (shared[i] != 0) std::memcpy(out, previous, shared[i]);
        out += shared[i];
        if (lengths[i] != 0) std::memcpy(out, suffix, lengths[i]);
        out += lengths[i];
        suffix += lengths[i];
        previous = start;
    }
    terms.offsets_[count] = static_cast<std::uint32_t>(total);
    return terms;
}

std::string_view DecodedTerms::note(std::size_t index) const {
    if (notes_.empty()) return {};
    const auto found =
        std::lower_bound(notes_.begin(), notes_.end(), index,
                         [](const auto& note, std::size_t wanted) { return note.first < wanted; });
    if (found == notes_.end() || found->first != index) return {};
    return found->second;
}

std::size_t DecodedTerms::lower_bound(std::string_view bytes, std::size_t from) const {
    std::size_t low = from, high = size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if ((*this)[middle] < bytes) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

std::size_t DecodedTerms::memory() const {
    std::size_t bytes =
        sizeof *this + offsets_.capacity() * 4 + bytes_.capacity() + ids_.capacity() * 8;
    for (const auto& note : notes_) bytes += sizeof note + note.second.capacity();
    return bytes;
}

}  // namespace dossier::storage
