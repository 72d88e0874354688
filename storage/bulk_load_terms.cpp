#include "storage/bulk_load_terms.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <optional>

#include <dossier/error.h>

#include "storage/row_sorter.h"
#include "storage/run_tasks.h"
#include "storage/term_bytes.h"
#include "storage/term_index_merge.h"
#include "storage/term_segment.h"
#include "storage/term_tail.h"
#include "storage/triple_dictionary.h"

namespace dossier::storage {

namespace {

// Fewer new terms of one tag than this get a key each, in the batch that publishes the load; more
// are worth blocks of their own.
constexpr std::size_t most_tail_terms = 16'384;
constexpr std::size_t most_tail_bytes = std::size_t{8} << 20;
// Longer terms get blocks of their own.
constexpr std::size_t most_block_term_bytes = std::size_t{16} << 10;
// Triple terms: likewise.
constexpr std::size_t most_tail_triples = 16'384;
// Terms that are looked up and given ids at once.
constexpr std::size_t batch_terms = 4'096;
constexpr std::size_t batch_bytes = std::size_t{4} << 20;

// The terms of one chunk and tag, one after the other.
class TermCursor {
  public:
    TermCursor(const SealedChunk& chunk, std::size_t tag, std::size_t number)
        : reader_(chunk.terms, chunk.tags[tag].offset, chunk.tags[tag].end), number_(number) {
        next();
    }

    bool done() const { return done_; }
    std::size_t chunk() const { return number_; }
    std::string_view bytes() const { return bytes_; }
    std::string_view note() const { return note_; }
    bool is_name() const { return (flags_ & 1) != 0; }

    void next() {
        if (reader_.done()) {
            done_ = true;
            return;
        }
        flags_ = static_cast<unsigned char>(*reader_.take(1));
        const std::uint64_t shared = reader_.take_varint();
        const std::uint64_t rest = reader_.take_varint();
        bytes_.resize(shared);
        bytes_.append(reader_.take(rest), rest);
        note_.clear();
        if ((flags_ & 2) != 0) {
            const std::uint64_t length = reader_.take_varint();
            note_.assign(reader_.take(length), length);
        }
        key_ = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            key_ = (key_ << 8) | (i < bytes_.size() ? static_cast<unsigned char>(bytes_[i]) : 0u);
        }
    }

    // The first eight bytes decide most comparisons.
    friend bool after(const TermCursor& a, const TermCursor& b) {
        if (a.key_ != b.key_) return a.key_ > b.key_;
        const int order = a.bytes_.compare(b.bytes_);
        return order != 0 ? order > 0 : a.number_ > b.number_;
    }

  private:
    SpoolReader reader_;
    std::size_t number_;
    unsigned flags_ = 0;
    bool done_ = false;
    std::uint64_t key_ = 0;
    std::string bytes_, note_;
};

// Entries of the index under keys that several long terms may share.
using SharedEntries = std::map<std::pair<Family, std::string>, std::string>;

// New terms of one tag: entries while they are few, then a segment.
class NewTermSink {
  public:
    NewTermSink(Tag tag, std::uint32_t block_terms, std::shared_ptr<BlockStore> store,
                std::uint32_t segment_number)
        : tag_(tag),
          block_terms_(block_terms),
          store_(std::move(store)),
          segment_number_(segment_number) {}

    // Ascending. The place of the term among the new ones.
    std::uint64_t add(std::string_view bytes, std::string_view note) {
        if (builder_) {
            builder_->add(bytes, note);
        } else {
            held_.push_back({std::string(bytes), std::string(note)});
            held_bytes_ += bytes.size() + note.size();
            if (held_.size() > most_tail_terms || held_bytes_ > most_tail_bytes) start_segment();
        }
        return count_++;
    }

    void finish() {
        if (!builder_) return;
        segment_ = builder_->end();
        builder_->finish();
    }

    // After finish(): takes the ids and enters what is new into root and entries. The id of the
    // term in place 0; the others follow.
    TermId settle(DictionaryRoot& root, std::vector<TermEntry>& entries, SharedEntries& shared) {
        DictionaryCounters& counters = root.counters;
        const auto index = static_cast<std::size_t>(tag_) - static_cast<std::size_t>(Tag::iri);
        std::uint64_t& counter = tag_ == Tag::name ? counters.names
                                 : segment_        ? counters.segments[index]
                                                   : counters.tail[index];
        const bool in_tail = tag_ != Tag::name && !segment_;
        first_id_ = TermId::of(tag_, in_tail ? tail_bit | counter : counter);
        if (segment_) {
            segment_->base = counter;
            root.segments.push_back(*segment_);
        } else {
            append_entries(entries, shared);
        }
        counter += count_;
        return first_id_;
    }

  private:
    void append_entries(std::vector<TermEntry>& entries, SharedEntries& shared) const {
        const bool name = tag_ == Tag::name;
        const Family family = name ? Family::names : Family::tail_index;
        for (std::size_t i = 0; i < held_.size(); ++i) {
            const auto& [bytes, note] = held_[i];
            const TermId term{first_id_.bits + i};
            if (name) {
                entries.push_back({Family::names, name_key(term.payload()), bytes});
            } else {
                entries.push_back({Family::tail, tail_key(term), tail_value(bytes, note)});
            }
            std::string key = name ? name_index_key(bytes) : tail_index_key(bytes, tag_);
            if (is_exact_key(bytes)) {
                std::string value;
                append_candidate(value, term);
                entries.push_back({family, std::move(key), std::move(value)});
                continue;
            }
            // Long terms that begin and hash alike share an entry.
            const auto [place, is_new] = shared.try_emplace({family, key});
            if (is_new) {
                if (const PinnedValue before = store_->get(family, key)) {
                    place->second = before.bytes();
                }
            }
            append_candidate(place->second, term);
        }
    }

    void start_segment() {
        builder_ = std::make_unique<TermSegmentBuilder>(store_, segment_number_);
        builder_->begin(tag_, 0, block_terms_);
        for (const auto& [bytes, note] : held_) builder_->add(bytes, note);
        held_ = {};
    }

    const Tag tag_;
    const std::uint32_t block_terms_;
    const std::shared_ptr<BlockStore> store_;
    const std::uint32_t segment_number_;
    std::vector<std::pair<std::string, std::string>> held_;
    std::size_t held_bytes_ = 0;
    std::unique_ptr<TermSegmentBuilder> builder_;
    std::optional<TermSegmentRoot> segment_;
    TermId first_id_;
    std::uint64_t count_ = 0;
};

// Ids of new terms before it is known whether they go to the tail: their places.
constexpr Tag new_term = static_cast<Tag>(63);
constexpr Tag new_name = static_cast<Tag>(61);
constexpr Tag new_long_term = static_cast<Tag>(60);

}  // namespace

void throw_if_stopped(const std::stop_token& stop) {
    if (stop.stop_requested()) throw Interrupted("the load was cancelled");
}

// One tag of the merge. Names come out of the IRIs.
struct TermMerge::Job {
    Tag tag;
    std::unique_ptr<NewTermSink> terms, long_terms, names;
    std::uint64_t expected = 0;
    std::uint64_t blank_nodes = 0;
};

TermMerge::TermMerge(std::shared_ptr<Dictionary> dictionary, std::shared_ptr<BlockStore> store,
                     std::vector<std::unique_ptr<SealedChunk>>& chunks, std::stop_token stop)
    : dictionary_(std::move(dictionary)),
      store_(std::move(store)),
      chunks_(chunks),
      stop_(std::move(stop)),
      root_(dictionary_->root()) {}

void TermMerge::merge(Job& job) {
    const auto tag = static_cast<std::size_t>(job.tag);
    std::vector<std::unique_ptr<TermCursor>> cursors;
    for (std::size_t number = 0; number < chunks_.size(); ++number) {
        if (chunks_[number]->tags[tag].count == 0) continue;
        cursors.push_back(std::make_unique<TermCursor>(*chunks_[number], tag, number));
    }
    const auto later = [](const auto& a, const auto& b) { return after(*a, *b); };
    std::make_heap(cursors.begin(), cursors.end(), later);
    const bool blank = job.tag == Tag::blank_node;
    const bool look_up = !blank && dictionary_->term_count() != 0;

    struct Waiting {
        std::size_t offset, length, note_length;  // of bytes and note in texts
        bool is_name;
    };
    std::string texts;
    std::vector<Waiting> batch;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> uses;  // term of the batch, chunk
    std::vector<TermKey> keys;
    std::vector<TermId> ids;
    const auto settle = [&] {
        throw_if_stopped(stop_);
        ids.assign(batch.size(), unbound);
        if (look_up) {
            keys.clear();
            for (std::size_t i = 0; i < batch.size(); ++i) {
                keys.push_back(
                    {std::string_view(texts).substr(batch[i].offset, batch[i].length), job.tag, i});
            }
            dictionary_->find_sorted(keys, ids);
        }
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (ids[i] != unbound) continue;
            const Waiting& term = batch[i];
            if (blank) {
                ids[i] =
                    TermId::of(Tag::blank_node, root_.counters.blank_nodes + job.blank_nodes++);
                continue;
            }
            const std::string_view bytes = std::string_view(texts).substr(term.offset, term.length);
            const std::string_view note =
                std::string_view(texts).substr(term.offset + term.length, term.note_length);
            if (term.is_name) {
                ids[i] = TermId::of(new_name, job.names->add(bytes, note));
            } else if (bytes.size() > most_block_term_bytes) {
                ids[i] = TermId::of(new_long_term, job.long_terms->add(bytes, note));
            } else {
                ids[i] = TermId::of(new_term, job.terms->add(bytes, note));
            }
        }
        for (const auto& [number, chunk] : uses) {
            chunks_[chunk]->ids[tag].append(&ids[number], sizeof(TermId));
        }
        texts.clear();
        batch.clear();
        uses.clear();
    };
    while (!cursors.empty()) {
        std::pop_heap(cursors.begin(), cursors.end(), later);
        TermCursor& cursor = *cursors.back();
        const std::string_view last = batch.empty() ? std::string_view()
                                                    : std::string_view(texts).substr(
                                                          batch.back().offset, batch.back().length);
        if (batch.empty() || last != cursor.bytes()) {
            if (batch.size() >= batch_terms || texts.size() >= batch_bytes) settle();
            batch.push_back(
                {texts.size(), cursor.bytes().size(), cursor.note().size(), cursor.is_name()});
            texts += cursor.bytes();
            texts += cursor.note();
        } else {
            batch.back().is_name = batch.back().is_name || cursor.is_name();
        }
        uses.emplace_back(static_cast<std::uint32_t>(batch.size() - 1),
                          static_cast<std::uint32_t>(cursor.chunk()));
        cursor.next();
        if (cursor.done()) {
            cursors.pop_back();
        } else {
            std::push_heap(cursors.begin(), cursors.end(), later);
        }
    }
    settle();
    for (NewTermSink* sink : {job.terms.get(), job.long_terms.get(), job.names.get()}) {
        if (sink != nullptr) sink->finish();
    }
}

void TermMerge::abandon() {
    for (std::uint32_t i = 0; i < segments_; ++i) drop_segment(*store_, first_segment_ + i);
}

void TermMerge::run(unsigned threads) {
    std::uint32_t number = std::max(root_.next_segment, greatest_segment_on_disk(*store_) + 1);
    first_segment_ = number;
    std::vector<Job> jobs;
    for (std::size_t t = 0; t < merged_tags; ++t) {
        std::uint64_t count = 0;
        for (const auto& chunk : chunks_) count += chunk->tags[t].count;
        if (count == 0) continue;
        Job job;
        job.tag = static_cast<Tag>(t);
        job.expected = count;
        const auto make_sink = [&](Tag tag, std::uint32_t block_terms) {
            return std::make_unique<NewTermSink>(tag, block_terms, store_, number++);
        };
        if (job.tag != Tag::blank_node) {
            job.terms = make_sink(job.tag, terms_per_block);
            job.long_terms = make_sink(job.tag, 1);
        }
        if (job.tag == Tag::iri) job.names = make_sink(Tag::name, terms_per_block);
        jobs.push_back(std::move(job));
    }
    segments_ = number - first_segment_;
    root_.next_segment = number;
    std::sort(jobs.begin(), jobs.end(),
              [](const Job& a, const Job& b) { return a.expected > b.expected; });
    std::vector<std::function<void()>> tasks;
    for (Job& job : jobs) tasks.push_back([this, &job] { merge(job); });
    run_tasks(tasks, threads);

    SharedEntries shared;
    for (Job& job : jobs) {
        if (job.tag == Tag::blank_node) {
            root_.counters.blank_nodes += job.blank_nodes;
            continue;
        }
        const auto tag = static_cast<std::size_t>(job.tag);
        first_new_[tag] = job.terms->settle(root_, entries_, shared);
        first_long_[tag] = job.long_terms->settle(root_, entries_, shared);
        if (job.names) first_name_ = job.names->settle(root_, entries_, shared);
    }
    for (auto& [place, ids] : shared) {
        entries_.push_back({place.first, place.second, std::move(ids)});
    }
    merge_term_indexes(store_, root_, stop_);
    merge_triples();
}

TermId TermMerge::settled(std::size_t tag, TermId id) const {
    if (id.tag() == new_term) return {first_new_[tag].bits + id.payload()};
    if (id.tag() == new_long_term) return {first_long_[tag].bits + id.payload()};
    if (id.tag() == new_name) return {first_name_.bits + id.payload()};
    return id;
}

void TermMerge::merge_triples() {
    std::uint64_t greatest_depth = 0;
    for (const auto& chunk : chunks_) {
        greatest_depth = std::max(greatest_depth, chunk->greatest_depth);
        chunk->triple_ids.assign(chunk->triple_count, unbound);
    }
    std::vector<std::pair<TripleIds, TermId>> fresh;
    for (std::uint64_t depth = 1; depth <= greatest_depth; ++depth) {
        // The last column says whose triple term it is.
        RowSorter sorter(
            {.memory_bytes = std::size_t{128} << 20, .directory = {}, .remove_duplicates = false});
        for (std::size_t number = 0; number < chunks_.size(); ++number) {
            throw_if_stopped(stop_);
            const SealedChunk& chunk = *chunks_[number];
            if (chunk.greatest_depth < depth) continue;
            const CellIds ids(chunk, *this);
            SpoolReader reader(chunk.triples, 0, chunk.triples.size());
            for (std::uint64_t i = 0; i < chunk.triple_count; ++i) {
                std::uint64_t words[4];
                std::memcpy(words, reader.take(sizeof words), sizeof words);
                if (words[0] != depth) continue;
                sorter.add(Row{ids({words[1]}), ids({words[2]}), ids({words[3]}),
                               TermId{(std::uint64_t{number} << 40) | i}});
            }
        }
        sorter.sort();
        constexpr std::size_t capacity = 4'096;
        std::array<std::vector<TermId>, 4> columns;
        for (auto& column : columns) column.resize(capacity);
        TermId* const pointers[] = {columns[0].data(), columns[1].data(), columns[2].data(),
                                    columns[3].data()};
        std::vector<TripleIds> distinct;
        std::vector<TermId> ids;
        TripleIds last;
        TermId last_id;
        while (const std::size_t count = sorter.next(pointers, capacity)) {
            throw_if_stopped(stop_);
            distinct.clear();
            for (std::size_t i = 0; i < count; ++i) {
                const TripleIds triple{columns[0][i], columns[1][i], columns[2][i]};
                if (distinct.empty() || distinct.back() != triple) distinct.push_back(triple);
            }
            ids.assign(distinct.size(), unbound);
            dictionary_->triples().find_all(distinct, ids);
            for (std::size_t d = 0; d < distinct.size(); ++d) {
                if (d == 0 && last_id.bound() && distinct[d] == last) {
                    ids[d] = last_id;
                } else if (ids[d] == unbound) {
                    ids[d] = TermId::of(Tag::triple, root_.counters.triples++);
                    fresh.emplace_back(distinct[d], ids[d]);
                }
            }
            last = distinct.back();
            last_id = ids.back();
            for (std::size_t i = 0, d = 0; i < count; ++i) {
                if (TripleIds{columns[0][i], columns[1][i], columns[2][i]} != distinct[d]) ++d;
                const std::uint64_t whose = columns[3][i].bits;
                chunks_[whose >> 40]->triple_ids[whose & ((std::uint64_t{1} << 40) - 1)] = ids[d];
            }
        }
    }
    if (fresh.size() > most_tail_triples) {
        root_.triples = dictionary_->triples().fold(fresh);
    } else {
        for (const auto& [triple, id] : fresh) {
            entries_.push_back({Family::triples, triple_key(id), triple_value(triple)});
        }
    }
}

CellIds::CellIds(const SealedChunk& chunk, const TermMerge& merge)
    : terms_(chunk.term_count), triples_(&chunk.triple_ids) {
    std::array<std::vector<TermId>, merged_tags> by_tag;
    for (std::size_t tag = 0; tag < merged_tags; ++tag) {
        by_tag[tag].resize(chunk.tags[tag].count);
        chunk.ids[tag].read(0, by_tag[tag].data(), by_tag[tag].size() * sizeof(TermId));
        for (TermId& id : by_tag[tag]) id = merge.settled(tag, id);
    }
    SpoolReader places(chunk.places, 0, chunk.places.size());
    for (std::size_t number = 0; number < terms_.size(); ++number) {
        std::uint64_t place = 0;
        std::memcpy(&place, places.take(sizeof place), sizeof place);
        terms_[number] = by_tag[place >> 32][place & UINT32_MAX];
    }
}

}  // namespace dossier::storage
