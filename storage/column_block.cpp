#include "storage/column_block.h"

#include <algorithm>
#include <bit>

#define XXH_INLINE_ALL
#include <dossier/error.h>
#include <fmt/format.h>
#include <xxhash.h>

#include "storage/bit_packing.h"

namespace dossier::storage {
namespace {

// The bytes of a block, little-endian, format version 1:
//   0  u16  format version           8  u64  generation
//   2  u8   permutation             16  u32  ordinal
//   3  u8   columns                 20  u32  bytes of the block
//   4  u32  rows
//   24 mini headers, by column; then first values (u64), by column; then the encoded mini-blocks;
//   the last 8 bytes are XXH3 (64 bits) of all before them.
constexpr std::size_t header_bytes = 24;
constexpr std::uint16_t block_format = 1;
constexpr std::size_t trailer_bytes = 8;

static_assert(std::endian::native == std::endian::little, "values are stored little-endian");
static_assert(sizeof(ColumnBlock::MiniHeader) == 8);

// The lowest three bits of a mode; constant is the whole byte 0.
enum Mode : std::uint8_t {
    constant = 0,     // all equal the first value
    frame = 1,        // base + packed
    differences = 2,  // three lane firsts, then packed differences; only in whole mini-blocks
    runs = 3,         // `count` values, then their lengths less one
    dictionary = 4,   // `count` values, then packed indexes
};
constexpr std::uint8_t mode_mask = 7;
// Flag of a mode: values of several tags are kept as (value - base of its class) * 2^b + class,
// where a class is a tag that occurs, b the bits of the highest class number. The bases (u64) stand
// first; the upper four bits of the mode are their number less one. A single width for whole ids
// would need all 64 bits; and offsets of integers and strings differ too much for rotated ids.
constexpr std::uint8_t classes_flag = 8;
constexpr unsigned class_count_shift = 4;
constexpr std::size_t most_classes = 16;
// Without classes: the base stands before the values (else it is the first value).
constexpr std::uint8_t base_flag = 16;

unsigned width_of(std::uint64_t value) {
    return static_cast<unsigned>(std::bit_width(value));
}

template <typename T>
T load(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

template <typename T>
void append(std::string& out, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

// The low `bytes` bytes of a word, at most 8.
std::uint64_t entry_mask(unsigned bytes) {
    return bytes == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * bytes)) - 1;
}

// The low `bytes` bytes at `from`; reads 8, of which the trailer covers the last.
std::uint64_t load_entry(const char* from, unsigned bytes) {
    return load<std::uint64_t>(from) & entry_mask(bytes);
}

void append_entry(std::string& out, std::uint64_t value, unsigned bytes) {
    char text[8];
    std::memcpy(text, &value, 8);
    out.append(text, bytes);
}

// Chooses an encoding for one column of a mini-block from figures of one pass over it.
class MiniEncoder {
  public:
    MiniEncoder(const std::uint64_t* values, std::size_t rows) : values_(values), rows_(rows) {}

    ColumnBlock::MiniHeader encode(std::string& out) {
        header_.offset = static_cast<std::uint32_t>(out.size());
        if (measure()) {
            return header_;
        }
        choose_frame();
        choose_differences();
        choose_runs();
        choose_dictionary();
        write(out);
        return header_;
    }

  private:
    // Returns true for a constant column.
    bool measure() {
        const std::uint64_t first = values_[0];
        std::uint64_t different = 0;
        for (std::size_t i = 1; i < rows_; ++i) {
            different |= values_[i] ^ first;
        }
        if (different == 0) {
            return true;
        }
        low_ = high_ = first;
        std::uint64_t steps = 0;
        std::size_t falls = 0;
        std::size_t changes = 0;
        for (std::size_t i = 1; i < rows_; ++i) {
            const std::uint64_t value = values_[i];
            const std::uint64_t before = values_[i - 1];
            low_ = std::min(low_, value);
            high_ = std::max(high_, value);
            falls += static_cast<std::size_t>(value < before);
            changes += static_cast<std::size_t>(value != before);
            // The first value of a lane stands apart.
            steps |= i % packing::slots == 0 ? 0 : value - before;
        }
        sorted_ = falls == 0;
        run_count_ = changes + 1;
        step_width_ = packing::stored_width(width_of(steps));
        if ((low_ >> TermId::payload_bits) != (high_ >> TermId::payload_bits)) {
            use_classes();
        }
        return false;
    }

    // Tells values of different tags apart, where that makes them narrower.
    void use_classes() {
        std::array<std::uint64_t, 64> lows;
        std::array<std::uint64_t, 64> highs;
        std::uint64_t tags = 0;
        for (std::size_t i = 0; i < rows_; ++i) {
            const std::uint64_t value = values_[i];
            const std::size_t tag = value >> TermId::payload_bits;
            if ((tags >> tag & 1) == 0) {
                tags |= std::uint64_t{1} << tag;
                lows[tag] = highs[tag] = value;
            }
            lows[tag] = std::min(lows[tag], value);
            highs[tag] = std::max(highs[tag], value);
        }
        const auto count = static_cast<std::size_t>(std::popcount(tags));
        if (count > most_classes) {
            return;
        }
        std::array<std::uint8_t, 64> class_of_tag;
        std::uint64_t spread = 0;
        std::size_t number = 0;
        for (std::size_t tag = 0; tag < 64; ++tag) {
            if ((tags >> tag & 1) != 0) {
                class_of_tag[tag] = static_cast<std::uint8_t>(number);
                bases_[number++] = lows[tag];
                spread |= highs[tag] - lows[tag];
            }
        }
        const unsigned bits = width_of(count - 1);
        if (width_of(spread) + bits + 4 > width_of(high_ - low_)) {
            return;
        }
        class_count_ = count;
        std::uint64_t high = 0;
        for (std::size_t i = 0; i < rows_; ++i) {
            const std::uint64_t value = values_[i];
            const std::size_t tag = value >> TermId::payload_bits;
            coded_[i] = ((value - lows[tag]) << bits) | class_of_tag[tag];
            high = std::max(high, coded_[i]);
        }
        header_.mode = static_cast<std::uint8_t>(
            classes_flag | static_cast<unsigned>((count - 1) << class_count_shift));
        values_ = coded_.data();
        low_ = 0;
        high_ = high;
        sorted_ = false;  // differences are of plain values
    }

    void choose_frame() {
        width_ = packing::stored_width(width_of(high_ - low_));
        entry_bytes_ = (width_of(high_ - low_) + 7) / 8;
        mode_ = frame;
        size_ = packing::packed_bytes(width_, rows_) + base_size();
    }

    void choose_differences() {
        const std::size_t size = 24 + 32 * static_cast<std::size_t>(step_width_);
        if (sorted_ && rows_ == blocks::mini_rows && size + 16 <= size_) {
            mode_ = differences;
            size_ = size;
        }
    }

    // Runs decode by a loop with a branch a run: they must save something.
    void choose_runs() {
        const std::size_t size = run_count_ * (entry_bytes_ + 1) + base_size();
        if (run_count_ <= 128 && size < size_ - size_ / 8) {
            mode_ = runs;
            size_ = size;
        }
    }

    void choose_dictionary() {
        if (width_ < 6 || size_ < 160) {
            return;
        }
        // Distinct values by a small open table; most columns that have no few values give up
        // after the first quarter.
        std::array<std::uint8_t, 256> table{};
        std::size_t count = 0;
        const std::size_t least_saved = size_ / 5;
        for (std::size_t i = 0; i < rows_; ++i) {
            const std::uint64_t value = values_[i];
            std::size_t place = (value * 0x9E3779B97F4A7C15u) >> 56;
            while (table[place] != 0 && distinct_[table[place] - 1u] != value) {
                place = (place + 1) % table.size();
            }
            if (table[place] == 0) {
                if (count == most_distinct || (i < 64 && count == 48)) {
                    return;
                }
                distinct_[count++] = value;
                table[place] = static_cast<std::uint8_t>(count);
            }
            indexes_[i] = table[place] - 1u;
        }
        const unsigned width = packing::stored_width(width_of(count - 1));
        const std::size_t size =
            base_size() + count * entry_bytes_ + packing::packed_bytes(width, rows_);
        if (size + least_saved < size_) {
            mode_ = dictionary;
            distinct_count_ = count;
            index_width_ = width;
            size_ = size;
        }
    }

    std::size_t base_size() const {
        return class_count_ > 0 ? 8 * class_count_ : (needs_base() ? 8 : 0);
    }
    bool needs_base() const { return class_count_ == 0 && low_ != values_[0]; }

    void write(std::string& out) {
        header_.mode |= mode_;
        for (std::size_t i = 0; i < class_count_; ++i) {
            append(out, bases_[i]);
        }
        if (mode_ != differences && needs_base()) {
            header_.mode |= base_flag;
            append(out, low_);
        }
        switch (mode_) {
            case frame:
                header_.width = static_cast<std::uint8_t>(width_);
                write_packed(out, values_, low_, width_);
                break;
            case differences:
                header_.width = static_cast<std::uint8_t>(step_width_);
                for (std::size_t lane = 1; lane < packing::lanes; ++lane) {
                    append(out, values_[lane * packing::slots]);
                }
                write_differences(out);
                break;
            case runs:
                write_runs(out);
                break;
            default:
                header_.width = static_cast<std::uint8_t>(index_width_);
                header_.count = static_cast<std::uint8_t>(distinct_count_ - 1);
                header_.entry_bytes = static_cast<std::uint8_t>(entry_bytes_);
                for (std::size_t i = 0; i < distinct_count_; ++i) {
                    append_entry(out, distinct_[i] - low_, entry_bytes_);
                }
                write_packed(out, indexes_.data(), 0, index_width_);
                break;
        }
    }

    void write_packed(std::string& out, const std::uint64_t* from, std::uint64_t base,
                      unsigned width) {
        const std::size_t at = out.size();
        out.resize(at + packing::packed_bytes(width, rows_));
        packing::pack(from, rows_, base, width, out.data() + at);
    }

    void write_differences(std::string& out) {
        const std::size_t at = out.size();
        out.resize(at + packing::packed_bytes(step_width_, rows_));
        packing::pack_differences(values_, step_width_, out.data() + at);
    }

    void write_runs(std::string& out) {
        header_.count = static_cast<std::uint8_t>(run_count_ - 1);
        header_.entry_bytes = static_cast<std::uint8_t>(entry_bytes_);
        std::array<char, 128> lengths{};
        std::size_t run = 0;
        std::size_t start = 0;
        for (std::size_t i = 1; i <= rows_; ++i) {
            if (i == rows_ || values_[i] != values_[start]) {
                append_entry(out, values_[start] - low_, entry_bytes_);
                lengths[run++] = static_cast<char>(static_cast<std::uint8_t>(i - start - 1));
                start = i;
            }
        }
        out.append(lengths.data(), run);
    }

    static constexpr std::size_t most_distinct = 128;

    const std::uint64_t* values_;
    std::size_t rows_;
    ColumnBlock::MiniHeader header_{0, constant, 0, 0, 0};
    std::uint64_t low_ = 0, high_ = 0;
    bool sorted_ = false;
    std::size_t run_count_ = 0;
    unsigned step_width_ = 0, width_ = 0, entry_bytes_ = 0, index_width_ = 0;
    std::size_t size_ = 0, distinct_count_ = 0, class_count_ = 0;
    Mode mode_ = constant;
    std::array<std::uint64_t, most_classes> bases_;
    std::array<std::uint64_t, blocks::mini_rows> coded_;
    std::array<std::uint64_t, blocks::mini_rows> indexes_;
    std::array<std::uint64_t, most_distinct> distinct_;
};

[[noreturn]] void throw_damaged(const BlockIdentity& identity, std::string_view why) {
    throw StoreError(fmt::format("block {} of generation {} in permutation {}: {}",
                                 identity.ordinal, identity.generation,
                                 static_cast<unsigned>(identity.permutation), why));
}

// How coded values become plain ones.
class Restorer {
  public:
    Restorer(std::uint8_t mode, const char*& at, std::uint64_t first) {
        if ((mode & classes_flag) != 0) {
            const std::size_t count = (mode >> class_count_shift) + 1u;
            std::memcpy(bases_.data(), at, 8 * count);
            std::fill(bases_.begin() + static_cast<std::ptrdiff_t>(count), bases_.end(), 0);
            at += 8 * count;
            bits_ = width_of(count - 1);
            mask_ = (std::uint64_t{1} << bits_) - 1;
        } else if ((mode & base_flag) != 0) {
            bases_[0] = load<std::uint64_t>(at);
            at += 8;
        } else {
            bases_[0] = first;
        }
    }

    std::uint64_t operator()(std::uint64_t coded) const {
        return bases_[coded & mask_] + (coded >> bits_);
    }
    bool has_classes() const { return mask_ != 0; }
    std::uint64_t base() const { return bases_[0]; }
    void restore(std::uint64_t* values, std::size_t count) const {
        const std::uint64_t* const bases = bases_.data();
        for (std::size_t i = 0; i < count; ++i) {
            values[i] = bases[values[i] & mask_] + (values[i] >> bits_);
        }
    }

  private:
    std::array<std::uint64_t, most_classes> bases_;
    std::uint64_t mask_ = 0;
    unsigned bits_ = 0;
};

// Where the parts of a mini-block are; made from a header that check_structure() has seen.
struct MiniParts {
    MiniParts(const char* block, const ColumnBlock::MiniHeader& header, std::uint64_t first)
        : entries(block + header.offset),
          restorer(header.mode, entries, first),
          packed(entries + (std::size_t{header.count} + 1) * header.entry_bytes) {}

    const char* entries;
    Restorer restorer;
    const char* packed;
};

// All that is packed for a mini-block of fewer rows, padded to what unpack() reads.
struct Padded {
    std::array<char, packing::values * 8> bytes;
    const char* of(const char* packed, unsigned width, std::size_t rows) {
        const std::size_t have = packing::packed_bytes(width, rows);
        std::memcpy(bytes.data(), packed, have);
        std::memset(bytes.data() + have, 0, 32 * std::size_t{width} - have);
        return bytes.data();
    }
};

// A run is written as so many values whatever its length: most runs are shorter, and a branch on
// each length costs more than the values that the next run overwrites.
constexpr std::size_t run_step = 8;

void decode_runs(const ColumnBlock::MiniHeader& header, const MiniParts& parts, std::size_t rows,
                 std::uint64_t* out) {
    const std::size_t count = std::size_t{header.count} + 1;
    const std::uint64_t mask = entry_mask(header.entry_bytes);
    const char* entry = parts.entries;
    std::size_t at = 0;
    for (std::size_t run = 0; run < count; ++run, entry += header.entry_bytes) {
        const std::uint64_t value = parts.restorer(load<std::uint64_t>(entry) & mask);
        const std::size_t length = std::size_t{static_cast<std::uint8_t>(parts.packed[run])} + 1;
        const std::size_t end = std::min(at + length, rows);
        if (at + run_step <= rows) {
            std::fill_n(out + at, run_step, value);
            at += run_step;
        }
        if (at < end) {
            std::fill(out + at, out + end, value);
        }
        at = end;
    }
    std::fill(out + at, out + rows, 0);
}

void decode_whole(const ColumnBlock::MiniHeader& header, const MiniParts& parts, const char* packed,
                  std::uint64_t* out) {
    if ((header.mode & mode_mask) == frame) {
        if (parts.restorer.has_classes()) {
            packing::unpack(packed, header.width, 0, out);
            parts.restorer.restore(out, blocks::mini_rows);
        } else {
            packing::unpack(packed, header.width, parts.restorer.base(), out);
        }
        return;
    }
    std::array<std::uint64_t, 256> entries;
    const std::size_t count = std::size_t{header.count} + 1;
    for (std::size_t i = 0; i < count; ++i) {
        entries[i] =
            parts.restorer(load_entry(parts.entries + i * header.entry_bytes, header.entry_bytes));
    }
    // Indexes are at most 8 bits wide, so even damaged ones stay inside.
    std::fill(entries.begin() + static_cast<std::ptrdiff_t>(count), entries.end(), 0);
    packing::unpack(packed, header.width, 0, out);
    const std::uint64_t* from = entries.data();
    for (std::size_t i = 0; i < blocks::mini_rows; ++i) {
        out[i] = from[out[i]];
    }
}

}  // namespace

std::string encode_block(const BlockIdentity& identity,
                         std::span<const std::uint64_t* const> columns, std::size_t rows) {
    const std::size_t minis = (rows + blocks::mini_rows - 1) / blocks::mini_rows;
    std::string out;
    out.reserve(rows * 8);
    append(out, block_format);
    append(out, static_cast<std::uint8_t>(identity.permutation));
    append(out, static_cast<std::uint8_t>(columns.size()));
    append(out, static_cast<std::uint32_t>(rows));
    append(out, identity.generation);
    append(out, identity.ordinal);
    append(out, std::uint32_t{0});
    const std::size_t headers_at = out.size();
    const std::size_t firsts_at = headers_at + columns.size() * minis * 8;
    out.resize(firsts_at + columns.size() * minis * 8);
    for (std::size_t column = 0; column < columns.size(); ++column) {
        for (std::size_t mini = 0; mini < minis; ++mini) {
            const std::uint64_t* from = columns[column] + mini * blocks::mini_rows;
            const std::size_t size = std::min(blocks::mini_rows, rows - mini * blocks::mini_rows);
            const ColumnBlock::MiniHeader header = MiniEncoder(from, size).encode(out);
            const std::size_t place = (column * minis + mini) * 8;
            std::memcpy(out.data() + headers_at + place, &header, 8);
            std::memcpy(out.data() + firsts_at + place, from, 8);
        }
    }
    const auto bytes = static_cast<std::uint32_t>(out.size() + trailer_bytes);
    std::memcpy(out.data() + 20, &bytes, sizeof bytes);
    append(out, static_cast<std::uint64_t>(XXH3_64bits(out.data(), out.size())));
    return out;
}

ColumnBlock::ColumnBlock(PinnedValue value, const BlockIdentity& expected)
    : value_(std::move(value)), bytes_(value_.bytes().data()) {
    const std::size_t size = value_.bytes().size();
    if (size < header_bytes + trailer_bytes) {
        throw_damaged(expected, "too short");
    }
    checksum_ = load<std::uint64_t>(bytes_ + size - trailer_bytes);
    if (checksum_ != XXH3_64bits(bytes_, size - trailer_bytes)) {
        throw_damaged(expected, "the checksum is wrong");
    }
    if (load<std::uint16_t>(bytes_) != block_format) {
        throw_damaged(expected, "unknown format");
    }
    if (load<std::uint8_t>(bytes_ + 2) != static_cast<std::uint8_t>(expected.permutation) ||
        load<std::uint64_t>(bytes_ + 8) != expected.generation ||
        load<std::uint32_t>(bytes_ + 16) != expected.ordinal) {
        throw_damaged(expected, "another block is in its place");
    }
    columns_ = load<std::uint8_t>(bytes_ + 3);
    rows_ = load<std::uint32_t>(bytes_ + 4);
    minis_ = (rows_ + blocks::mini_rows - 1) / blocks::mini_rows;
    if (rows_ == 0 || rows_ > blocks::most_rows || columns_ < 1 ||
        columns_ > blocks::most_columns || load<std::uint32_t>(bytes_ + 20) != size ||
        header_bytes + columns_ * minis_ * 16 + trailer_bytes > size) {
        throw_damaged(expected, "the header contradicts itself");
    }
    headers_ = bytes_ + header_bytes;
    firsts_ = headers_ + columns_ * minis_ * 8;
    try {
        check_structure();
    } catch (const StoreError& error) {
        throw_damaged(expected, error.what());
    }
}

// After this no decoding leaves the block, whatever the bytes say.
void ColumnBlock::check_structure() const {
    const std::size_t limit = value_.bytes().size() - trailer_bytes;
    for (std::size_t column = 0; column < columns_; ++column) {
        for (std::size_t mini = 0; mini < minis_; ++mini) {
            const MiniHeader mini_header = header(column, mini);
            const std::size_t mini_rows = mini_size(mini);
            const std::size_t entries =
                (std::size_t{mini_header.count} + 1) * mini_header.entry_bytes;
            std::size_t need = (mini_header.mode & base_flag) != 0 ? 8 : 0;
            if ((mini_header.mode & classes_flag) != 0) {
                need = 8 * ((mini_header.mode >> class_count_shift) + 1u);
            }
            bool sound = mini_header.width <= 64 && mini_header.entry_bytes <= 8 &&
                         packing::stored_width(mini_header.width) == mini_header.width;
            switch (mini_header.mode & mode_mask) {
                case constant:
                    sound = sound && mini_header.mode == constant;
                    break;
                case frame:
                    need += packing::packed_bytes(mini_header.width, mini_rows);
                    sound = sound && mini_header.entry_bytes == 0;
                    break;
                case differences:
                    need += 24 + packing::packed_bytes(mini_header.width, mini_rows);
                    sound =
                        sound && mini_header.mode == differences && mini_rows == blocks::mini_rows;
                    break;
                case runs:
                    need += entries + mini_header.count + 1;
                    break;
                case dictionary:
                    need += entries + packing::packed_bytes(mini_header.width, mini_rows);
                    sound = sound && mini_header.width <= 8;
                    break;
                default:
                    sound = false;
            }
            if (!sound || mini_header.offset > limit || need > limit - mini_header.offset) {
                throw StoreError("a mini-block is damaged");
            }
        }
    }
}

void ColumnBlock::decode(std::size_t column, std::size_t mini, std::uint64_t* out) const {
    const MiniHeader mini_header = header(column, mini);
    const std::uint64_t first_value = first(column, mini);
    const std::size_t size = mini_size(mini);
    if (mini_header.mode == constant) {
        std::fill(out, out + size, first_value);
        return;
    }
    if (mini_header.mode == differences) {
        std::array<std::uint64_t, packing::lanes> firsts;
        firsts[0] = first_value;
        std::memcpy(firsts.data() + 1, bytes_ + mini_header.offset, 24);
        packing::unpack_differences(bytes_ + mini_header.offset + 24, mini_header.width,
                                    firsts.data(), out);
        return;
    }
    const MiniParts parts(bytes_, mini_header, first_value);
    if ((mini_header.mode & mode_mask) == runs) {
        decode_runs(mini_header, parts, size, out);
        return;
    }
    const char* packed = (mini_header.mode & mode_mask) == frame ? parts.entries : parts.packed;
    if (size == blocks::mini_rows) {
        decode_whole(mini_header, parts, packed, out);
        return;
    }
    Padded padded;
    std::array<std::uint64_t, blocks::mini_rows> whole;
    decode_whole(mini_header, parts, padded.of(packed, mini_header.width, size), whole.data());
    std::copy_n(whole.data(), size, out);
}

bool ColumnBlock::is_direct(std::size_t column, std::size_t mini) const {
    const unsigned mode = header(column, mini).mode & mode_mask;
    return mode == constant || mode == frame || mode == dictionary;
}

std::uint64_t ColumnBlock::value(std::size_t column, std::size_t row) const {
    const std::size_t mini = row / blocks::mini_rows;
    const std::size_t index = row % blocks::mini_rows;
    const MiniHeader mini_header = header(column, mini);
    const std::uint64_t first_value = first(column, mini);
    if (mini_header.mode == constant || index == 0) {
        return first_value;
    }
    const MiniParts parts(bytes_, mini_header, first_value);
    switch (mini_header.mode & mode_mask) {
        case frame:
            return parts.restorer(packing::unpack_one(parts.entries, mini_header.width, index));
        case dictionary: {
            const std::uint64_t entry = packing::unpack_one(parts.packed, mini_header.width, index);
            return entry > mini_header.count
                       ? 0
                       : parts.restorer(load_entry(parts.entries + entry * mini_header.entry_bytes,
                                                   mini_header.entry_bytes));
        }
        default: {
            std::array<std::uint64_t, blocks::mini_rows> whole;
            decode(column, mini, whole.data());
            return whole[index];
        }
    }
}

Row ColumnBlock::row(std::size_t index) const {
    Row result{};
    for (std::size_t column = 0; column < 4 && column < columns_; ++column) {
        result[column].bits = value(column, index);
    }
    return result;
}

namespace {

template <bool upper>
std::size_t bound(const ColumnBlock& block, std::span<const TermId> key) {
    std::array<std::uint64_t, blocks::mini_rows> values;
    return bound_in_block<upper>(block, key, 0, [&](std::size_t column, std::size_t mini) {
        block.decode(column, mini, values.data());
        return static_cast<const std::uint64_t*>(values.data());
    });
}

}  // namespace

std::size_t ColumnBlock::lower_bound(std::span<const TermId> key) const {
    return bound<false>(*this, key);
}

std::size_t ColumnBlock::upper_bound(std::span<const TermId> key) const {
    return bound<true>(*this, key);
}

}  // namespace dossier::storage
