#include "storage/term_index_merge.h"

#include <algorithm>
#include <vector>

#include <dossier/error.h>

#include "storage/dictionary_core.h"
#include "storage/term_segment.h"

namespace dossier::storage {

namespace {

// So many of the largest stay as they are: merging them again and again would cost more than the
// few questions it saves.
constexpr std::size_t kept_segments = 4;

// The terms of one segment, block by block.
class SegmentCursor {
  public:
    explicit SegmentCursor(std::shared_ptr<const TermSegment> segment)
        : segment_(std::move(segment)) {
        read_block();
    }

    bool done() const { return block_ == nullptr; }
    std::string_view bytes() const { return (*block_)[index_]; }
    TermId id() const { return segment_->id_at(ordinal_, *block_, index_); }

    void next() {
        if (++index_ < block_->size()) return;
        ++ordinal_;
        index_ = 0;
        read_block();
    }

  private:
    void read_block() {
        block_ = ordinal_ < segment_->root().blocks ? segment_->block(ordinal_, false) : nullptr;
    }

    std::shared_ptr<const TermSegment> segment_;
    std::shared_ptr<const DecodedTerms> block_;
    std::uint32_t ordinal_ = 0;
    std::size_t index_ = 0;
};

}  // namespace

void merge_term_indexes(const std::shared_ptr<BlockStore>& store, DictionaryRoot& root,
                        const std::stop_token& stop) {
    const DictionarySegments segments(root, store, std::make_shared<TermBlockCache>(0), nullptr);
    TermSegmentBuilder builder(store, root.next_segment);
    for (std::size_t tag = 0; tag < segments.by_term.size(); ++tag) {
        const auto& searched = segments.by_term[tag];  // the largest first
        if (searched.size() <= most_searched_segments) continue;
        const std::uint32_t number = builder.next_number();
        std::vector<std::unique_ptr<SegmentCursor>> cursors;
        for (std::size_t i = kept_segments - 1; i < searched.size(); ++i) {
            cursors.push_back(std::make_unique<SegmentCursor>(searched[i]));
            for (TermSegmentRoot& described : root.segments) {
                if (described.number == searched[i]->root().number) described.covered_by = number;
            }
        }
        const auto later = [](const auto& a, const auto& b) { return a->bytes() > b->bytes(); };
        std::make_heap(cursors.begin(), cursors.end(), later);
        builder.begin_index(static_cast<Tag>(tag));
        std::uint64_t terms = 0;
        while (!cursors.empty()) {
            if (++terms % 4'096 == 0 && stop.stop_requested()) {
                throw Interrupted("the load was cancelled");
            }
            std::pop_heap(cursors.begin(), cursors.end(), later);
            SegmentCursor& cursor = *cursors.back();
            builder.add_with_id(cursor.bytes(), cursor.id());
            cursor.next();
            if (cursor.done()) {
                cursors.pop_back();
            } else {
                std::push_heap(cursors.begin(), cursors.end(), later);
            }
        }
        if (const auto index = builder.end()) root.segments.push_back(*index);
    }
    builder.finish();
    root.next_segment = builder.next_number();
}

}  // namespace dossier::storage
