#include "storage/row_cursor.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <dossier/error.h>

namespace dossier::storage {
namespace {

constexpr std::size_t no_mini = ~std::size_t{0};
constexpr std::size_t column_count = 4;
// So many rows are taken from a mini-block one by one rather than by decoding it.
constexpr std::size_t few_rows = 4;
// The same for rows that stand apart.
constexpr std::size_t few_apart = 16;

// Rows that are given out together: base rows of one mini-block, or inserted rows.
struct Segment {
    std::uint32_t from;  // position in the block, or index of the inserted row
    std::uint32_t count;
    bool inserted;
};

class IndexCursor final : public RowCursor {
  public:
    IndexCursor(std::shared_ptr<const MergedBlocks> blocks, const Selection& selection,
                std::size_t graph_column, std::uint64_t number)
        : blocks_(std::move(blocks)),
          number_(number),
          bounds_(selection.bounds),
          prefix_length_(selection.prefix_length),
          filter_(selection.filter),
          graph_column_(graph_column),
          has_changes_(blocks_->has_changes()),
          removes_duplicates_(selection.duplicates_possible(*blocks_)),
          is_empty_(selection.is_empty) {
        decoded_mini_.fill(no_mini);
        if (!is_empty_) {
            const Directory& base = blocks_->base();
            block_ = base.lower_block(bounds_.low_key());
            block_limit_ = std::max(base.upper_block(bounds_.high_key(), block_), block_ + 1);
        }
    }

    std::size_t next(std::span<TermId* const> columns, std::size_t capacity) override {
        std::size_t written = 0;
        while (written < capacity && ensure_block()) {
            written += emit(columns, written, capacity - written);
        }
        return written;
    }

    void seek(std::span<const TermId> key) override {
        if (key.empty() || is_empty_) {
            return;
        }
        Row full{};
        const std::size_t length = full_key(key, full);
        move_to({full.data(), length});
    }

    std::size_t lookup(std::span<const TermId> keys, std::size_t& key, std::uint32_t* key_numbers,
                       std::span<TermId* const> columns, std::size_t capacity) override {
        std::size_t written = 0;
        while (key < keys.size() && written < capacity) {
            if (!begin_key(keys[key])) {
                ++key;
                continue;
            }
            const std::size_t given = emit_key(keys[key], columns, written, capacity - written);
            std::fill_n(key_numbers + written, given, static_cast<std::uint32_t>(key));
            written += given;
            if (!key_open_) {
                ++key;
            }
        }
        return written;
    }

  private:
    struct Place {
        std::size_t block = 0, position = 0, splice = 0;
        bool loaded = false;
    };

    std::size_t full_key(std::span<const TermId> key, Row& full) const {
        std::copy_n(bounds_.low.begin(), prefix_length_, full.begin());
        const std::size_t length = std::min(key.size(), column_count - prefix_length_);
        std::copy_n(key.begin(), length,
                    full.begin() + static_cast<std::ptrdiff_t>(prefix_length_));
        return prefix_length_ + length;
    }

    // --- blocks ---

    // False at the end of the scan; else there is something left in the current block, or nothing
    // that the filter lets through.
    bool ensure_block() {
        while (true) {
            if (loaded_) {
                if (position_ < end_ || splice_ < splice_end_) {
                    return true;
                }
                note_last();
                loaded_ = false;
                ++block_;
            }
            if (block_ >= block_limit_) {
                return false;
            }
            enter(bounds_.low_key());
        }
    }

    // Loads the current block and stands at its first row >= key, ended by the upper bound.
    void enter(std::span<const TermId> key) {
        const Directory& base = blocks_->base();
        const bool has_rows = block_ < base.size();
        if (has_rows && !has_changes_ && filter_.share(base[block_]) == GraphFilter::Share::none) {
            skip_block();
            return;
        }
        view_ = blocks_->view(block_, number_);
        decoded_mini_.fill(no_mini);
        loaded_ = true;
        end_ = view_.base_rows();
        position_ = 0;
        if (has_rows) {
            if (compare_prefix(base[block_].first, key) < 0) {
                position_ = bound<false>(key);
            }
            if (bounds_.is_above(base[block_].last)) {
                end_ = std::max(position_, bound<true>(bounds_.high_key()));
            }
        }
        splice_ = splice_end_ = 0;
        if (view_.splices != nullptr) {
            splice_ = splice_bound(key, 0);
            splice_end_ = view_.splices->list.size();
            while (splice_end_ > splice_ && is_beyond(view_.splices->list[splice_end_ - 1])) {
                --splice_end_;
            }
        }
        start_ = position_;
        classify();
    }

    void skip_block() {
        view_ = {};
        loaded_ = true;
        position_ = end_ = splice_ = splice_end_ = start_ = 0;
        filters_ = checks_border_ = false;
    }

    bool is_beyond(const Splices::Splice& splice) const {
        return splice.row == Splices::removal ? splice.position >= end_
                                              : bounds_.is_above(view_.splices->rows[splice.row]);
    }

    // The first splice from `from` on that is not before `key`; position_ is already at it.
    std::size_t splice_bound(std::span<const TermId> key, std::size_t from) const {
        const auto& list = view_.splices->list;
        const auto at = std::partition_point(
            list.begin() + static_cast<std::ptrdiff_t>(from), list.end(),
            [&](const Splices::Splice& splice) {
                return splice.row == Splices::removal
                           ? splice.position < position_
                           : compare_prefix(view_.splices->rows[splice.row], key) < 0;
            });
        return static_cast<std::size_t>(at - list.begin());
    }

    // What the filter has to do in this block.
    void classify() {
        const bool has_rows = view_.block != nullptr;
        GraphFilter::Share share = GraphFilter::Share::all;
        if (has_rows) {
            share = filter_.share(blocks_->base()[block_]);
        }
        const bool inserts = view_.splices != nullptr && view_.splices->inserts;
        if (inserts && !filter_.accepts_all()) {
            const auto only = view_.splices->only_graph;
            const GraphFilter::Share inserted =
                !only
                    ? GraphFilter::Share::some
                    : (filter_.accepts(*only) ? GraphFilter::Share::all : GraphFilter::Share::none);
            if (!has_rows) {
                share = inserted;
            } else if (inserted != share) {
                share = GraphFilter::Share::some;
            }
        }
        if (share == GraphFilter::Share::none) {
            position_ = end_;
            splice_ = splice_end_;
        }
        filters_ = share == GraphFilter::Share::some;
        checks_border_ = false;
        if (removes_duplicates_ && !filters_) {
            // Without inserts the directory tells whether a triple comes twice.
            checks_border_ =
                has_rows && view_.splices == nullptr &&
                blocks_->base()[block_].distinct_triples == blocks_->base()[block_].rows;
            filters_ = !checks_border_;
        }
    }

    // When the rows of a block are given out unseen, the last one must be known to the next block.
    void note_last() {
        if (checks_border_ && position_ > start_) {
            const Row row = view_.block->row(position_ - 1);
            last_triple_ = {row[0], row[1], row[2]};
            has_last_ = true;
        }
        start_ = position_;
    }

    const std::uint64_t* decoded(std::size_t column, std::size_t mini) {
        if (decoded_mini_[column] != mini) {
            view_.block->decode(column, mini, buffers_[column].data());
            decoded_mini_[column] = mini;
        }
        return buffers_[column].data();
    }

    template <bool upper>
    std::size_t bound(std::span<const TermId> key) {
        return bound_in_block<upper>(
            *view_.block, key, position_ / blocks::mini_rows,
            [&](std::size_t column, std::size_t mini) { return decoded(column, mini); });
    }

    // --- moving ---

    // Forward to the first row that begins with >= key.
    void move_to(std::span<const TermId> key) {
        const Directory& base = blocks_->base();
        if (block_ >= block_limit_) {
            return;
        }
        if (loaded_) {
            note_last();
        }
        if (block_ + 1 < block_limit_ && compare_prefix(base[block_ + 1].first, key) < 0) {
            block_ = base.lower_block(key, block_ + 1);
            loaded_ = false;
            if (block_ >= block_limit_) {
                return;
            }
        }
        if (!loaded_) {
            enter(compare_prefix(bounds_.low, key) < 0 ? key : bounds_.low_key());
            return;
        }
        if (view_.block != nullptr && position_ < end_) {
            position_ = std::min(end_, std::max(position_, bound<false>(key)));
        }
        if (splice_ < splice_end_) {
            splice_ = std::min(splice_end_, splice_bound(key, splice_));
        }
        start_ = position_;
    }

    // --- look-ups ---

    // Stands at the first row of the key, or goes on inside it; false when it has none.
    bool begin_key(TermId key) {
        if (is_empty_) {
            return false;
        }
        if (key_open_ && key == open_key_) {
            return true;
        }
        Row full{};
        const std::size_t length = full_key({&key, 1}, full);
        if (has_key_ && key == open_key_) {
            // The same key once more: its rows were given already, so back to where they began.
            restore(key_place_);
        }
        if (has_key_ && key < open_key_) {
            throw UsageError("the keys of look-ups must ascend");
        }
        open_key_ = key;
        has_key_ = true;
        key_open_ = false;
        move_to({full.data(), length});
        key_place_ = {block_, position_, splice_, loaded_};
        if (!ensure_block()) {
            return false;
        }
        key_end(key);
        if (position_ == key_position_ && splice_ == key_splice_ && !key_goes_on_) {
            return false;
        }
        key_open_ = true;
        return true;
    }

    void restore(const Place& place) {
        if (place.block != block_ || !loaded_) {
            block_ = place.block;
            loaded_ = false;
            if (place.loaded && block_ < block_limit_) {
                enter({});
            }
        }
        position_ = place.position;
        splice_ = place.splice;
        start_ = position_;
        has_last_ = false;
    }

    // Where the rows of the key end in this block.
    void key_end(TermId key) {
        Row full{};
        const std::size_t length = full_key({&key, 1}, full);
        const std::span<const TermId> whole(full.data(), length);
        key_position_ = position_;
        if (position_ < end_) {
            const std::uint64_t* values = nullptr;
            const std::size_t mini = position_ / blocks::mini_rows;
            const std::size_t mini_end =
                std::min(end_, mini * blocks::mini_rows + view_.block->mini_size(mini));
            if (prefix_length_ < column_count && decoded_mini_[prefix_length_] == mini) {
                values = buffers_[prefix_length_].data();
            }
            // Few rows a key is the usual case: step while they are decoded.
            std::size_t at = position_;
            if (values != nullptr) {
                const std::size_t near = std::min(mini_end, position_ + 16);
                while (at < near && values[at - mini * blocks::mini_rows] == key.bits &&
                       same_prefix_until(at)) {
                    ++at;
                }
            }
            const bool found_end = values != nullptr && at < mini_end && at < position_ + 16;
            key_position_ = found_end ? at : std::min(end_, std::max(at, bound<true>(whole)));
        }
        key_splice_ = splice_;
        if (view_.splices != nullptr) {
            const auto& list = view_.splices->list;
            while (key_splice_ < splice_end_ &&
                   (list[key_splice_].row == Splices::removal
                        ? list[key_splice_].position < key_position_
                        : compare_prefix(view_.splices->rows[list[key_splice_].row], whole) <= 0)) {
                ++key_splice_;
            }
        }
        const Directory& base = blocks_->base();
        key_goes_on_ = key_position_ == end_ && key_splice_ == splice_end_ &&
                       block_ + 1 < block_limit_ &&
                       compare_prefix(base[block_ + 1].first, whole) <= 0;
    }

    // Rows from position_ on lie inside the bounds, so the columns of the prefix are equal.
    bool same_prefix_until(std::size_t) const { return true; }

    std::size_t emit_key(TermId key, std::span<TermId* const> columns, std::size_t offset,
                         std::size_t capacity) {
        std::size_t written = 0;
        while (written < capacity) {
            key_end(key);
            const std::size_t end = end_;
            const std::size_t splice_end = splice_end_;
            end_ = key_position_;
            splice_end_ = key_splice_;
            while (written < capacity && (position_ < end_ || splice_ < splice_end_)) {
                written += emit(columns, offset + written, capacity - written);
            }
            const bool drained = position_ >= end_ && splice_ >= splice_end_;
            end_ = end;
            splice_end_ = splice_end;
            if (!drained) {
                return written;
            }
            if (!key_goes_on_ || !ensure_block()) {
                key_open_ = false;
                return written;
            }
        }
        // Full: whether the key has more rows shows at the next call.
        return written;
    }

    // --- giving out ---

    // Rows of the current mini-block up to `capacity`; may be none although rows are left.
    std::size_t emit(std::span<TermId* const> columns, std::size_t offset, std::size_t capacity) {
        if (filters_) {
            return emit_filtered(columns, offset, capacity);
        }
        if (checks_border_ && position_ == start_) {
            // One row by itself: it may repeat the triple that came before.
            const std::size_t given = emit_filtered(columns, offset, 1);
            return given;
        }
        if (emit_whole_mini(columns, offset, capacity)) {
            return last_count_;
        }
        const std::size_t count = gather(capacity);
        for (std::size_t column = 0; column < columns.size(); ++column) {
            if (columns[column] != nullptr) {
                copy(column, reinterpret_cast<std::uint64_t*>(columns[column] + offset));
            }
        }
        return count;
    }

    // The fast path: a mini-block that nothing changes goes straight to the caller's columns.
    bool emit_whole_mini(std::span<TermId* const> columns, std::size_t offset,
                         std::size_t capacity) {
        if (position_ % blocks::mini_rows != 0 || position_ >= end_) {
            return false;
        }
        const std::size_t mini = position_ / blocks::mini_rows;
        const std::size_t size = view_.block->mini_size(mini);
        if (size > capacity || position_ + size > end_) {
            return false;
        }
        if (splice_ < splice_end_ && view_.splices->list[splice_].position < position_ + size) {
            return emit_changed_mini(columns, offset, capacity, mini, size);
        }
        for (std::size_t column = 0; column < columns.size(); ++column) {
            if (columns[column] != nullptr) {
                view_.block->decode(column, mini,
                                    reinterpret_cast<std::uint64_t*>(columns[column] + offset));
            }
        }
        position_ += size;
        last_count_ = size;
        return true;
    }

    // The same where rows of the mini-block were inserted or removed.
    bool emit_changed_mini(std::span<TermId* const> columns, std::size_t offset,
                           std::size_t capacity, std::size_t mini, std::size_t size) {
        const Splices& splices = *view_.splices;
        const std::size_t first = splices.minis[mini].first;
        const std::size_t limit = splices.minis[mini + 1].first;
        const std::size_t count =
            static_cast<std::size_t>(static_cast<std::int64_t>(size) + splices.minis[mini].net);
        if (splice_ != first || limit > splice_end_ || count + splicing::overshoot > capacity) {
            return false;
        }
        for (std::size_t column = 0; column < columns.size(); ++column) {
            if (columns[column] != nullptr) {
                splicing::splice_column(decoded(column, mini), size, position_,
                                        std::span(splices.list).subspan(first, limit - first),
                                        splices.rows.empty() ? nullptr : splices.rows.data(),
                                        column,
                                        reinterpret_cast<std::uint64_t*>(columns[column] + offset));
            }
        }
        position_ += size;
        splice_ = limit;
        last_count_ = count;
        return true;
    }

    // Takes the next rows of one mini-block as segments, and moves on.
    std::size_t gather(std::size_t capacity) {
        segment_count_ = 0;
        std::size_t count = 0;
        segment_mini_ = position_ / blocks::mini_rows;
        const std::size_t mini_end = std::min(end_, (segment_mini_ + 1) * blocks::mini_rows);
        while (count < capacity && segment_count_ < segments_.size()) {
            std::size_t stop = mini_end;
            if (splice_ < splice_end_) {
                const Splices::Splice splice = view_.splices->list[splice_];
                if (splice.position <= position_) {
                    ++splice_;
                    if (splice.row == Splices::removal) {
                        ++position_;
                    } else {
                        segments_[segment_count_++] = {splice.row, 1, true};
                        ++count;
                    }
                    continue;
                }
                stop = std::min<std::size_t>(stop, splice.position);
            }
            if (position_ >= stop) {
                break;
            }
            const std::size_t rows = std::min(stop - position_, capacity - count);
            segments_[segment_count_++] = {static_cast<std::uint32_t>(position_),
                                           static_cast<std::uint32_t>(rows), false};
            position_ += rows;
            count += rows;
        }
        return count;
    }

    // The gathered rows' values of one column.
    void copy(std::size_t column, std::uint64_t* out) {
        const std::uint64_t* values = nullptr;
        const std::size_t mini_start = segment_mini_ * blocks::mini_rows;
        const Segment* const limit = segments_.data() + segment_count_;
        for (const Segment* segment = segments_.data(); segment != limit; ++segment) {
            if (segment->inserted) {
                *out++ = view_.splices->rows[segment->from][column].bits;
                continue;
            }
            if (values == nullptr) {
                if (segment->count <= few_rows && decoded_mini_[column] != segment_mini_ &&
                    view_.block->is_direct(column, segment_mini_)) {
                    for (std::uint32_t i = 0; i < segment->count; ++i) {
                        *out++ = view_.block->value(column, segment->from + i);
                    }
                    continue;
                }
                values = decoded(column, segment_mini_);
            }
            const std::uint64_t* from = values + (segment->from - mini_start);
            for (std::uint32_t i = 0; i < segment->count; ++i) {
                out[i] = from[i];
            }
            out += segment->count;
        }
    }

    // Looks at the graph of each row, and at its triple when graphs are merged. The other columns
    // are decoded only where rows are left, and value by value where they are few.
    std::size_t emit_filtered(std::span<TermId* const> columns, std::size_t offset,
                              std::size_t capacity) {
        const std::size_t count = gather(std::min(capacity, blocks::mini_rows));
        copy(graph_column_, rows_[graph_column_].data());
        std::size_t kept = filter_.select(rows_[graph_column_].data(), count, kept_.data());
        if (kept == 0) {
            return 0;
        }
        const bool sparse = kept <= few_apart && segment_count_ == 1 && !segments_[0].inserted;
        for (std::size_t column = 0; column < column_count; ++column) {
            const bool wanted = column < columns.size() && columns[column] != nullptr;
            if (column == graph_column_ || !(wanted || removes_duplicates_)) {
                continue;
            }
            if (sparse && decoded_mini_[column] != segment_mini_ &&
                view_.block->is_direct(column, segment_mini_)) {
                for (std::size_t i = 0; i < kept; ++i) {
                    rows_[column][kept_[i]] =
                        view_.block->value(column, segments_[0].from + kept_[i]);
                }
            } else {
                copy(column, rows_[column].data());
            }
        }
        if (removes_duplicates_) {
            kept = drop_duplicates(kept);
        }
        for (std::size_t column = 0; column < columns.size(); ++column) {
            if (columns[column] != nullptr) {
                TermId* out = columns[column] + offset;
                for (std::size_t i = 0; i < kept; ++i) {
                    out[i].bits = rows_[column][kept_[i]];
                }
            }
        }
        return kept;
    }

    // Of the kept rows, those whose triple is another one than that of the row before.
    std::size_t drop_duplicates(std::size_t kept) {
        std::size_t different = 0;
        for (std::size_t i = 0; i < kept; ++i) {
            const std::uint16_t row = kept_[i];
            const std::array<TermId, 3> triple{TermId{rows_[0][row]}, TermId{rows_[1][row]},
                                               TermId{rows_[2][row]}};
            const bool keep = !has_last_ || triple != last_triple_;
            last_triple_ = triple;
            has_last_ = true;
            kept_[different] = row;
            different += static_cast<std::size_t>(keep);
        }
        return different;
    }

    std::shared_ptr<const MergedBlocks> blocks_;
    std::uint64_t number_;
    RowBounds bounds_;
    std::size_t prefix_length_;
    GraphFilter filter_;
    std::size_t graph_column_;
    bool has_changes_, removes_duplicates_, is_empty_;

    // Where it stands: before the base row position_ and the splice splice_ of block_.
    std::size_t block_ = 0, block_limit_ = 0;
    bool loaded_ = false;
    BlockView view_;
    std::size_t position_ = 0, end_ = 0, splice_ = 0, splice_end_ = 0;
    std::size_t start_ = 0;  // rows from here to position_ were given out
    bool filters_ = false, checks_border_ = false;
    bool has_last_ = false;
    std::array<TermId, 3> last_triple_{};

    // The key of the last look-up.
    bool has_key_ = false, key_open_ = false, key_goes_on_ = false;
    TermId open_key_;
    Place key_place_;
    std::size_t key_position_ = 0, key_splice_ = 0;

    std::size_t last_count_ = 0;
    std::size_t segment_mini_ = 0, segment_count_ = 0;
    std::array<std::size_t, column_count> decoded_mini_;
    // Not initialised: large, and a cursor may live for one look-up.
    std::array<Segment, 128> segments_;
    std::array<std::array<std::uint64_t, blocks::mini_rows + splicing::overshoot>, column_count>
        buffers_;
    std::array<std::array<std::uint64_t, blocks::mini_rows>, column_count> rows_;
    std::array<std::uint16_t, blocks::mini_rows + 1> kept_;
};

RowBounds bounds_of(const ScanRequest& request) {
    if (request.prefix_length > column_count ||
        (request.range && request.prefix_length == column_count)) {
        throw UsageError("a row has four columns");
    }
    RowBounds bounds;
    std::copy_n(request.prefix.begin(), request.prefix_length, bounds.low.begin());
    bounds.high = bounds.low;
    bounds.low_length = bounds.high_length = request.prefix_length;
    if (request.range) {
        bounds.low[bounds.low_length++] = request.range->first;
        bounds.high[bounds.high_length++] = request.range->second;
    }
    return bounds;
}

}  // namespace

Selection::Selection(const ScanRequest& request)
    : bounds(bounds_of(request)),
      prefix_length(request.prefix_length),
      filter(request.graphs, is_triple_permutation(request.permutation)),
      merges_graphs(request.graphs.mode == GraphSelection::Mode::merged &&
                    !is_triple_permutation(request.permutation)) {
    if (!is_graph_first(request.permutation)) {
        return;
    }
    // With the graph as the first column, a fixed graph is a bound and no filter is left.
    if (prefix_length > 0) {
        is_empty = !filter.accepts(request.prefix[0]);
    } else if (request.graphs.mode == GraphSelection::Mode::one && !request.range) {
        bounds.low[0] = bounds.high[0] = request.graphs.graph;
        bounds.low_length = bounds.high_length = 1;
    } else {
        if (merges_graphs) {
            throw UsageError("graphs cannot be merged in an order that begins with the graph");
        }
        return;
    }
    filter = GraphFilter({}, true);
    merges_graphs = false;
}

bool Selection::duplicates_possible(const MergedBlocks& blocks) const {
    if (!merges_graphs || filter.is_single()) {
        return false;
    }
    const Directory& base = blocks.base();
    if (base.empty() || !base.only_graph()) {
        return true;
    }
    return blocks.has_changes() && !blocks.only_in_graph(*base.only_graph());
}

std::unique_ptr<RowCursor> make_row_cursor(std::shared_ptr<const MergedBlocks> blocks,
                                           const ScanRequest& request, std::uint64_t number) {
    return std::make_unique<IndexCursor>(std::move(blocks), Selection(request),
                                         is_graph_first(request.permutation) ? 0 : 3, number);
}

}  // namespace dossier::storage
