#include "storage/dictionary.h"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <numeric>

#include <dossier/error.h>

#include "rdf/value.h"
#include "storage/dictionary_core.h"
#include "storage/term_bytes.h"
#include "storage/term_tail.h"
#include "storage/triple_dictionary.h"

namespace dossier::storage {

Tag dictionary_tag(const TermView& term, bool as_name) {
    if (term.is_iri()) return as_name ? Tag::name : Tag::iri;
    if (!term.language().empty()) {
        return term.direction() == Direction::none ? Tag::language_string : Tag::directional_string;
    }
    const Datatype datatype = dossier::datatype_of(term.datatype());
    if (datatype == Datatype::string) return Tag::string;
    if (!dossier::is_numeric(datatype) && !is_date_time(datatype) && !is_duration(datatype)) {
        return Tag::other_literal;
    }
    // Values beyond the limits stay with their kind, so that the limits may change.
    if (parse_value(term.text(), datatype).kind() == ValueKind::ill_typed) {
        return Tag::other_literal;
    }
    return dossier::is_numeric(datatype) ? Tag::dictionary_number : Tag::dictionary_time;
}

void DictionaryCounters::append_to(std::string& out) const {
    append_u64(out, blank_nodes);
    append_u64(out, names);
    append_u64(out, triples);
    for (std::uint64_t next : segments) append_u64(out, next);
    for (std::uint64_t next : tail) append_u64(out, next);
}

DictionaryCounters DictionaryCounters::parse(std::string_view bytes) {
    if (bytes.size() < serialised_size) {
        throw StoreError("damaged store: the dictionary's counters end early");
    }
    DictionaryCounters counters;
    const char* at = bytes.data();
    const auto next = [&] {
        const std::uint64_t value = read_u64(at);
        at += 8;
        return value;
    };
    counters.blank_nodes = next();
    counters.names = next();
    counters.triples = next();
    for (auto& value : counters.segments) value = next();
    for (auto& value : counters.tail) value = next();
    return counters;
}

void DictionaryCounters::raise_to(const DictionaryCounters& other) {
    blank_nodes = std::max(blank_nodes, other.blank_nodes);
    names = std::max(names, other.names);
    triples = std::max(triples, other.triples);
    for (std::size_t i = 0; i < dictionary_tags; ++i) {
        segments[i] = std::max(segments[i], other.segments[i]);
        tail[i] = std::max(tail[i], other.tail[i]);
    }
}

std::string DictionaryRoot::serialise() const {
    std::string out;
    counters.append_to(out);
    append_varint(out, next_segment);
    append_varint(out, segments.size());
    for (const TermSegmentRoot& segment : segments) segment.append_to(out);
    append_varint(out, triples.size());
    out += triples;
    return out;
}

DictionaryRoot DictionaryRoot::parse(std::string_view bytes) {
    DictionaryRoot root;
    root.counters = DictionaryCounters::parse(bytes);
    bytes.remove_prefix(DictionaryCounters::serialised_size);
    std::uint64_t next = 0, count = 0, size = 0;
    const bool begins = read_varint(bytes, next) && read_varint(bytes, count);
    if (begins && count <= bytes.size()) {
        root.next_segment = static_cast<std::uint32_t>(next);
        for (std::uint64_t i = 0; i < count; ++i) {
            root.segments.push_back(TermSegmentRoot::parse(bytes));
        }
        if (read_varint(bytes, size) && size <= bytes.size()) {
            root.triples = bytes.substr(0, size);
            return root;
        }
    }
    throw StoreError("damaged store: the dictionary's root ends early");
}

[[noreturn]] void throw_unknown_id(TermId id) {
    throw StoreError("damaged store: no term has the id " + std::to_string(id.bits));
}

std::optional<TermId> blank_node_id(std::string_view label, std::uint64_t limit) {
    if (label.size() < 2 || label[0] != 'b' || (label[1] == '0' && label.size() > 2)) {
        return std::nullopt;
    }
    std::uint64_t payload = 0;
    const char* const end = label.data() + label.size();
    const auto [stopped, error] = std::from_chars(label.data() + 1, end, payload);
    if (error != std::errc{} || stopped != end || payload >= limit) return std::nullopt;
    return TermId::of(Tag::blank_node, payload);
}

TermView blank_node_term(TermId id, InlineText& text) {
    text[0] = 'b';
    const char* const end =
        std::to_chars(text.data() + 1, text.data() + text.size(), id.payload()).ptr;
    return TermView::blank_node({text.data(), static_cast<std::size_t>(end - text.data())});
}

// --- what is published ---

DictionarySegments::DictionarySegments(const DictionaryRoot& root,
                                       const std::shared_ptr<const BlockStore>& store,
                                       const std::shared_ptr<TermBlockCache>& cache,
                                       const DictionarySegments* before) {
    for (const TermSegmentRoot& described : root.segments) {
        std::shared_ptr<const TermSegment> segment;
        if (before != nullptr) {
            for (const auto& known : before->all) {
                if (known->root() == described) segment = known;
            }
        }
        if (!segment) segment = std::make_shared<const TermSegment>(store, described, cache);
        all.push_back(segment);
        const auto tag = static_cast<std::size_t>(described.tag);
        if (tag >= by_id.size()) throw StoreError("damaged store: a segment of an unknown kind");
        if (!described.is_index) by_id[tag].push_back(segment);
        // A name and an IRI of the dictionary are looked up alike.
        const auto searched = described.tag == Tag::name ? static_cast<std::size_t>(Tag::iri) : tag;
        if (described.covered_by == 0) by_term[searched].push_back(segment);
    }
    for (auto& segments : by_id) {
        std::sort(segments.begin(), segments.end(),
                  [](const auto& a, const auto& b) { return a->root().base < b->root().base; });
    }
    // The largest first: most terms are there.
    for (auto& segments : by_term) {
        std::sort(segments.begin(), segments.end(),
                  [](const auto& a, const auto& b) { return a->root().terms > b->root().terms; });
    }
}

const TermSegment* DictionarySegments::holding(TermId id) const {
    const auto& segments = by_id[static_cast<std::size_t>(id.tag())];
    const std::uint64_t payload = id.payload();
    auto after = std::upper_bound(
        segments.begin(), segments.end(), payload,
        [](std::uint64_t wanted, const auto& segment) { return wanted < segment->root().base; });
    if (after == segments.begin()) return nullptr;
    const TermSegment* const segment = std::prev(after)->get();
    return segment->contains_payload(payload) ? segment : nullptr;
}

Dictionary::Impl::Impl(std::shared_ptr<BlockStore> block_store, const DictionaryRoot& first_root,
                       std::size_t cache_bytes, std::shared_ptr<BlockCache> block_cache)
    : store(std::move(block_store)),
      cache(std::make_shared<TermBlockCache>(cache_bytes)),
      names(store),
      root(first_root),
      segments(std::make_shared<const DictionarySegments>(root, store, cache, nullptr)) {
    if (!block_cache) block_cache = std::make_shared<BlockCache>(store, cache_bytes / 4);
    triples = std::make_unique<TripleDictionary>(store, std::move(block_cache), root.triples);
}

DictionaryCounters Dictionary::Impl::counters() const {
    const std::lock_guard lock(mutex);
    return root.counters;
}

std::shared_ptr<const DictionarySegments> Dictionary::Impl::state() const {
    const std::lock_guard lock(mutex);
    return segments;
}

std::optional<TermId> Dictionary::Impl::find_in_tail(std::string_view bytes, Tag tag) const {
    const PinnedValue value = store->get(Family::tail_index, tail_index_key(bytes, tag));
    if (!value) return std::nullopt;
    return choose(bytes, value.bytes());
}

std::optional<TermId> Dictionary::Impl::choose(std::string_view bytes,
                                               std::string_view found) const {
    for (TermId id : candidates(found)) {
        if (is_exact_key(bytes)) return id;
        const PinnedValue entry = store->get(Family::tail, tail_key(id));
        if (entry && parse_tail_value(entry.bytes(), id).bytes == bytes) return id;
    }
    return std::nullopt;
}

bool Dictionary::Impl::has_tail(const DictionaryCounters& now, Tag tag) {
    return now.tail[static_cast<std::size_t>(tag) - static_cast<std::size_t>(Tag::iri)] != 0;
}

std::optional<TermId> Dictionary::Impl::find_bytes(std::string_view bytes, Tag tag) const {
    const DictionaryCounters now = counters();
    if (tag == Tag::iri) {
        if (bytes.empty()) return default_graph;
        if (const auto name = names.find(bytes, now.names)) return name;
    }
    const auto published = state();
    const auto& searched = published->by_term[static_cast<std::size_t>(tag)];
    if (!searched.empty()) {
        const std::uint64_t hash = term_hash(bytes, tag);
        for (const auto& segment : searched) {
            if (const auto id = segment->find(bytes, hash)) return id;
        }
    }
    return has_tail(now, tag) ? find_in_tail(bytes, tag) : std::nullopt;
}

Dictionary::Dictionary(std::shared_ptr<BlockStore> store, const DictionaryRoot& root,
                       std::size_t cache_bytes, std::shared_ptr<BlockCache> blocks)
    : impl_(std::make_unique<Impl>(std::move(store), root, cache_bytes, std::move(blocks))) {}

Dictionary::~Dictionary() = default;

TripleDictionary& Dictionary::triples() {
    return *impl_->triples;
}
const TripleDictionary& Dictionary::triples() const {
    return *impl_->triples;
}

namespace {

std::optional<TermId> find_nested(const Dictionary& dictionary, const TermView& term, int depth) {
    if (!term.is_triple()) return dictionary.find(term);
    if (depth > Term::max_triple_depth) return std::nullopt;
    const TripleView& parts = term.triple();
    const auto subject = find_nested(dictionary, parts.subject, depth + 1);
    if (!subject) return std::nullopt;
    const auto predicate = find_nested(dictionary, parts.predicate, depth + 1);
    if (!predicate) return std::nullopt;
    const auto object = find_nested(dictionary, parts.object, depth + 1);
    if (!object) return std::nullopt;
    return dictionary.triples().find({*subject, *predicate, *object});
}

Term term_nested(const Dictionary& dictionary, TermId id, int depth) {
    if (id.tag() != Tag::triple) return dictionary.term(id);
    const TripleIds parts = dictionary.triples().triple(id);
    // A triple term's parts are older than it is.
    if (depth > Term::max_triple_depth ||
        (parts.object.tag() == Tag::triple && parts.object >= id)) {
        throw_unknown_id(id);
    }
    return Term::triple(term_nested(dictionary, parts.subject, depth + 1),
                        dictionary.term(parts.predicate),
                        term_nested(dictionary, parts.object, depth + 1));
}

}  // namespace

std::optional<TermId> Dictionary::find(const TermView& term) const {
    if (term.is_blank_node()) return blank_node_id(term.text(), impl_->counters().blank_nodes);
    if (term.is_triple()) return find_nested(*this, term, 0);
    if (const auto id = encode_inline(term)) return id;
    const Tag tag = dictionary_tag(term);
    if (tag == Tag::iri || tag == Tag::string) return impl_->find_bytes(term.text(), tag);
    std::string bytes;
    append_term_bytes(bytes, term, tag);
    return impl_->find_bytes(bytes, tag);
}

void Dictionary::find_all(std::span<const TermView> terms, std::span<TermId> ids) const {
    std::vector<TermKey> wanted;
    std::string texts;
    std::vector<std::pair<std::size_t, std::size_t>> copied;  // wanted, start in texts
    for (std::size_t i = 0; i < terms.size(); ++i) {
        const TermView& term = terms[i];
        if (term.is_blank_node() || term.is_triple()) {
            ids[i] = find(term).value_or(unbound);
        } else if (const auto id = encode_inline(term)) {
            ids[i] = *id;
        } else {
            const Tag tag = dictionary_tag(term);
            TermKey key{term.text(), tag, i};
            if (tag != Tag::iri && tag != Tag::string) {
                copied.emplace_back(wanted.size(), texts.size());
                append_term_bytes(texts, term, tag);
            }
            wanted.push_back(key);
        }
    }
    for (std::size_t c = 0; c < copied.size(); ++c) {
        const std::size_t end = c + 1 < copied.size() ? copied[c + 1].second : texts.size();
        wanted[copied[c].first].bytes =
            std::string_view(texts).substr(copied[c].second, end - copied[c].second);
    }
    std::sort(wanted.begin(), wanted.end());
    find_sorted(wanted, ids);
}

void Dictionary::find_sorted(std::span<const TermKey> wanted, std::span<TermId> ids) const {
    const DictionaryCounters now = impl_->counters();
    const auto published = impl_->state();
    std::vector<std::size_t> in_tail;
    std::vector<TermSegment::Position> positions;
    Tag tag = Tag::unbound;
    for (std::size_t w = 0; w < wanted.size(); ++w) {
        const TermKey& key = wanted[w];
        TermId& id = ids[key.number];
        id = unbound;
        const auto& searched = published->by_term[static_cast<std::size_t>(key.tag)];
        if (key.tag != tag) {
            tag = key.tag;
            positions.assign(searched.size(), {});
        }
        if (tag == Tag::iri) {
            if (key.bytes.empty()) {
                id = default_graph;
                continue;
            }
            if (const auto name = impl_->names.find(key.bytes, now.names)) {
                id = *name;
                continue;
            }
        }
        if (!searched.empty()) {
            const std::uint64_t hash = term_hash(key.bytes, tag);
            for (std::size_t s = 0; s < searched.size() && id == unbound; ++s) {
                id = searched[s]->find(key.bytes, hash, positions[s]).value_or(unbound);
            }
        }
        if (id == unbound && Impl::has_tail(now, tag)) in_tail.push_back(w);
    }
    constexpr std::size_t batch = 256;
    std::vector<std::string> keys;
    std::vector<std::string_view> views;
    std::vector<PinnedValue> values;
    for (std::size_t start = 0; start < in_tail.size(); start += batch) {
        const std::size_t count = std::min(batch, in_tail.size() - start);
        keys.clear();
        for (std::size_t i = 0; i < count; ++i) {
            const TermKey& key = wanted[in_tail[start + i]];
            keys.push_back(tail_index_key(key.bytes, key.tag));
        }
        views.assign(keys.begin(), keys.end());
        values.assign(count, {});
        impl_->store->multi_get(Family::tail_index, views, values);
        for (std::size_t i = 0; i < count; ++i) {
            if (!values[i]) continue;
            const TermKey& key = wanted[in_tail[start + i]];
            ids[key.number] = impl_->choose(key.bytes, values[i].bytes()).value_or(unbound);
        }
    }
}

Term Dictionary::term(TermId id) const {
    if (id.tag() == Tag::triple) return term_nested(*this, id, 0);
    Term result;
    terms({&id, 1}, [&](std::size_t, const TermView& view) { result = Term(view); });
    return result;
}

namespace {

// Ids from `first` on that are of the tail's part of a tag.
bool in_tail(TermId id) {
    return (id.payload() & tail_bit) != 0;
}

TermView view_of(TermId id, std::string_view bytes, std::string_view note) {
    const auto view = parse_term_bytes(id.tag(), bytes, note);
    if (!view) throw_unknown_id(id);
    return *view;
}

}  // namespace

void Dictionary::terms(std::span<const TermId> ids, const Snapshot::TermVisitor& visit) const {
    std::shared_ptr<const DictionarySegments> published;
    const TermSegment* segment = nullptr;
    std::shared_ptr<const DecodedTerms> block;
    std::uint32_t ordinal = 0;
    InlineText text;
    std::string iri;
    for (std::size_t i = 0; i < ids.size();) {
        const TermId id = ids[i];
        if (id.is_inline()) {
            visit(i++, decode_inline(id, text));
            continue;
        }
        switch (id.tag()) {
            case Tag::blank_node:
                visit(i++, blank_node_term(id, text));
                continue;
            case Tag::triple: {
                const Term term = term_nested(*this, id, 0);
                visit(i++, term.view());
                continue;
            }
            case Tag::name:
                if (id == default_graph) {
                    visit(i++, TermView::iri({}));
                    continue;
                }
                if (impl_->names.term(id.payload(), iri)) {
                    visit(i++, TermView::iri(iri));
                    continue;
                }
                break;
            case Tag::iri:
            case Tag::string:
            case Tag::language_string:
            case Tag::directional_string:
            case Tag::other_literal:
            case Tag::dictionary_number:
            case Tag::dictionary_time:
                break;
            default:
                throw_unknown_id(id);
        }
        if (id.tag() != Tag::name && in_tail(id)) {
            // The run of tail ids that follows, in one batch.
            constexpr std::size_t most = 256;
            std::size_t count = 1;
            while (count < most && i + count < ids.size() && in_tail(ids[i + count]) &&
                   ids[i + count].tag() >= Tag::iri &&
                   ids[i + count].tag() <= Tag::dictionary_time) {
                ++count;
            }
            std::vector<std::string> keys;
            for (std::size_t k = 0; k < count; ++k) keys.push_back(tail_key(ids[i + k]));
            const std::vector<std::string_view> views(keys.begin(), keys.end());
            std::vector<PinnedValue> values(count);
            impl_->store->multi_get(Family::tail, views, values);
            for (std::size_t k = 0; k < count; ++k, ++i) {
                if (!values[k]) throw_unknown_id(ids[i]);
                const TailTerm entry = parse_tail_value(values[k].bytes(), ids[i]);
                visit(i, view_of(ids[i], entry.bytes, entry.note));
            }
            continue;
        }
        if (segment == nullptr || segment->root().tag != id.tag() ||
            !segment->contains_payload(id.payload())) {
            if (!published) published = impl_->state();
            segment = published->holding(id);
            block.reset();
            if (segment == nullptr) throw_unknown_id(id);
        }
        const std::uint32_t wanted = segment->block_of(id.payload());
        if (!block || ordinal != wanted) {
            block = segment->block(wanted);
            ordinal = wanted;
        }
        // All ids that follow within the block.
        const std::uint64_t first = segment->first_payload(ordinal);
        do {
            const std::size_t index = ids[i].payload() - first;
            visit(i, view_of(ids[i], (*block)[index], block->note(index)));
            ++i;
        } while (i < ids.size() && ids[i].tag() == id.tag() &&
                 ids[i].payload() - first < block->size());
    }
}

DictionaryRoot Dictionary::root() const {
    const std::lock_guard lock(impl_->mutex);
    DictionaryRoot root = impl_->root;
    root.triples = impl_->triples->serialise();
    return root;
}

DictionaryCounters Dictionary::counters() const {
    return impl_->counters();
}

void Dictionary::publish(const DictionaryRoot& root) {
    const auto before = impl_->state();
    auto after =
        std::make_shared<const DictionarySegments>(root, impl_->store, impl_->cache, before.get());
    impl_->triples->publish(root.triples);
    const std::lock_guard lock(impl_->mutex);
    DictionaryRoot merged = root;
    merged.counters.raise_to(impl_->root.counters);
    merged.next_segment = std::max(merged.next_segment, impl_->root.next_segment);
    impl_->root = std::move(merged);
    impl_->segments = std::move(after);
}

void Dictionary::raise_counters(const DictionaryCounters& counters) {
    bool triples = false;
    {
        const std::lock_guard lock(impl_->mutex);
        triples = counters.triples > impl_->root.counters.triples;
        impl_->root.counters.raise_to(counters);
    }
    if (triples) impl_->triples->catch_up();
}

std::uint64_t Dictionary::term_count() const {
    const DictionaryCounters now = impl_->counters();
    return std::accumulate(now.segments.begin(), now.segments.end(), std::uint64_t{0}) +
           std::accumulate(now.tail.begin(), now.tail.end(), std::uint64_t{0}) + now.names - 1;
}

void Dictionary::prefix_ids(std::string_view prefix, Tag tag, std::vector<IdInterval>& intervals,
                            std::vector<TermId>& ids) const {
    // The first byte string above all that begin with the prefix; none: to the end.
    std::string limit(prefix);
    while (!limit.empty() && static_cast<unsigned char>(limit.back()) == 0xFF) limit.pop_back();
    if (!limit.empty()) limit.back() = static_cast<char>(limit.back() + 1);
    const auto published = impl_->state();
    for (const auto& segment : published->by_id[static_cast<std::size_t>(tag)]) {
        const std::uint64_t first = segment->lower_bound(prefix);
        const std::uint64_t end =
            limit.empty() ? segment->root().terms : segment->lower_bound(limit);
        if (first < end) {
            const std::uint64_t base = segment->root().base;
            intervals.push_back({TermId::of(tag, base + first), TermId::of(tag, base + end - 1)});
        }
    }
    const auto cursor = impl_->store->scan(Family::tail, tail_key(TermId::of(tag, tail_bit)),
                                           tail_key(TermId{TermId::of(tag, TermId::payload_mask)}));
    while (cursor->next()) {
        const TermId id{read_big_endian_u64(cursor->key().data())};
        if (parse_tail_value(cursor->value(), id).bytes.starts_with(prefix)) ids.push_back(id);
    }
}

void Dictionary::verify(std::vector<std::string>& problems) const {
    const auto published = impl_->state();
    for (const auto& segment : published->all) segment->verify(problems);
    // The tail, both ways.
    const auto cursor = impl_->store->scan(Family::tail, {}, {});
    while (cursor->next()) {
        try {
            if (cursor->key().size() != 8) throw StoreError("damaged store: a key of the tail");
            const TermId id{read_big_endian_u64(cursor->key().data())};
            const TailTerm entry = parse_tail_value(cursor->value(), id);
            const auto found = impl_->find_in_tail(entry.bytes, id.tag());
            if (found != id) {
                problems.push_back("the dictionary's tail finds another id for the term of id " +
                                   std::to_string(id.bits));
            }
        } catch (const StoreError& error) {
            problems.emplace_back(error.what());
        }
    }
    impl_->triples->verify(problems);
}

}  // namespace dossier::storage
