#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>

#include <dossier/error.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/dictionary.h"
#include "storage/dictionary_core.h"
#include "storage/term_bytes.h"
#include "storage/term_tail.h"
#include "storage/triple_dictionary.h"
#include "storage/triple_hash.h"

namespace dossier::storage {

namespace {

// The tag under which a term is looked up.
Tag searched_tag(Tag tag) {
    return tag == Tag::name ? Tag::iri : tag;
}

}  // namespace

struct NewTerms::Impl {
    struct Entry {
        TermId id;
        std::string bytes, note;
    };

    explicit Impl(std::shared_ptr<Dictionary> shared) : dictionary(std::move(shared)) {}

    Dictionary::Impl& core() const { return *dictionary->impl_; }

    // The lookup key of a term in `key`; its tag as the dictionary would give it.
    static Tag key_of(const TermView& term, bool as_name, std::string& key) {
        const Tag tag = dictionary_tag(term, as_name);
        key.assign(1, static_cast<char>(searched_tag(tag)));
        append_term_bytes(key, term, tag);
        return tag;
    }

    std::optional<TermId> find_own(std::string_view key) const {
        const std::shared_lock lock(mutex);
        const auto found = by_bytes.find(key);
        if (found == by_bytes.end()) return std::nullopt;
        return found->second;
    }

    // Null: not one of these.
    const Entry* entry(TermId id) const {
        const std::shared_lock lock(mutex);
        const auto found = by_id.find(id);
        return found == by_id.end() ? nullptr : &terms[found->second];
    }

    std::optional<TripleIds> own_triple(TermId id) const {
        const std::shared_lock lock(mutex);
        const auto found = triples_by_id.find(id);
        if (found == triples_by_id.end()) return std::nullopt;
        return found->second;
    }

    TermId give_id(Tag tag) {
        Dictionary::Impl& shared = core();
        const std::lock_guard lock(shared.mutex);
        DictionaryCounters& counters = shared.root.counters;
        if (tag == Tag::name) return TermId::of(tag, counters.names++);
        const auto index = static_cast<std::size_t>(tag) - static_cast<std::size_t>(Tag::iri);
        return TermId::of(tag, tail_bit | counters.tail[index]++);
    }

    const std::shared_ptr<Dictionary> dictionary;
    mutable std::shared_mutex mutex;
    std::deque<Entry> terms;  // stay where they are
    boost::unordered_flat_map<std::string, TermId, BytesHash, std::equal_to<>> by_bytes;
    boost::unordered_flat_map<TermId, std::size_t, std::hash<TermId>> by_id;
    std::vector<std::pair<TripleIds, TermId>> triples;
    boost::unordered_flat_map<TripleIds, TermId, TripleHash> triple_ids;
    boost::unordered_flat_map<TermId, TripleIds, std::hash<TermId>> triples_by_id;
    // Terms of the dictionary met before: the same few come again and again. Writer only.
    static constexpr std::size_t most_known = 65'536;
    boost::unordered_flat_map<std::string, TermId, BytesHash, std::equal_to<>> known;
    std::string key;        // writer only
    std::size_t bytes = 0;  // of texts, where they have more than a small string's; writer only
};

NewTerms::NewTerms(std::shared_ptr<Dictionary> dictionary)
    : impl_(std::make_unique<Impl>(std::move(dictionary))) {}

NewTerms::~NewTerms() = default;

namespace {

TermId intern_nested(NewTerms& terms, const TermView& term, bool as_name, int depth) {
    if (!term.is_triple()) return terms.intern(term, as_name);
    if (depth > Term::max_triple_depth) {
        throw LimitError("triple terms are nested deeper than " +
                         std::to_string(Term::max_triple_depth));
    }
    const TripleView& parts = term.triple();
    TripleIds ids;
    ids.subject = intern_nested(terms, parts.subject, false, depth + 1);
    ids.predicate = terms.intern(parts.predicate, true);
    ids.object = intern_nested(terms, parts.object, false, depth + 1);
    return terms.intern_triple(ids);
}

}  // namespace

TermId NewTerms::intern(const TermView& term, bool as_name) {
    if (term.is_triple()) return intern_nested(*this, term, as_name, 0);
    if (term.is_blank_node()) {
        const auto id = impl_->dictionary->find(term);
        if (!id) {
            throw UsageError("_:" + std::string(term.text()) + " is no blank node of this store");
        }
        return *id;
    }
    if (const auto id = encode_inline(term)) return *id;
    std::string& key = impl_->key;
    const Tag tag = Impl::key_of(term, as_name, key);
    if (const auto own = impl_->by_bytes.find(key); own != impl_->by_bytes.end()) {
        return own->second;
    }
    if (const auto met = impl_->known.find(key); met != impl_->known.end()) return met->second;
    const std::string_view bytes = std::string_view(key).substr(1);
    if (const auto id = impl_->core().find_bytes(bytes, searched_tag(tag))) {
        if (impl_->known.size() >= Impl::most_known) impl_->known.clear();
        impl_->known.emplace(key, *id);
        return *id;
    }
    const TermId id = impl_->give_id(tag);
    const std::unique_lock lock(impl_->mutex);
    impl_->terms.push_back({id, std::string(bytes), std::string(unusual_language(term))});
    impl_->by_bytes.emplace(key, id);
    impl_->by_id.emplace(id, impl_->terms.size() - 1);
    impl_->bytes += 2 * key.size();
    return id;
}

TermId NewTerms::intern_triple(const TripleIds& triple) {
    if (const auto known = find_triple(triple)) return *known;
    Dictionary::Impl& shared = impl_->core();
    TermId id;
    {
        const std::lock_guard lock(shared.mutex);
        id = TermId::of(Tag::triple, shared.root.counters.triples++);
    }
    const std::unique_lock lock(impl_->mutex);
    impl_->triples.emplace_back(triple, id);
    impl_->triple_ids.emplace(triple, id);
    impl_->triples_by_id.emplace(id, triple);
    return id;
}

TermId NewTerms::new_blank_node() {
    Dictionary::Impl& shared = impl_->core();
    const std::lock_guard lock(shared.mutex);
    return TermId::of(Tag::blank_node, shared.root.counters.blank_nodes++);
}

namespace {

std::optional<TermId> find_nested(const NewTerms& terms, const TermView& term, int depth) {
    if (!term.is_triple()) return terms.find(term);
    if (depth > Term::max_triple_depth) return std::nullopt;
    const TripleView& parts = term.triple();
    const auto subject = find_nested(terms, parts.subject, depth + 1);
    const auto predicate = subject ? terms.find(parts.predicate) : std::nullopt;
    const auto object = predicate ? find_nested(terms, parts.object, depth + 1) : std::nullopt;
    return object ? terms.find_triple({*subject, *predicate, *object}) : std::nullopt;
}

Term term_nested(const NewTerms& terms, TermId id, int depth) {
    if (id.tag() != Tag::triple) return terms.term(id);
    const TripleIds parts = terms.triple(id);
    if (depth > Term::max_triple_depth ||
        (parts.object.tag() == Tag::triple && parts.object >= id)) {
        throw_unknown_id(id);
    }
    return Term::triple(term_nested(terms, parts.subject, depth + 1), terms.term(parts.predicate),
                        term_nested(terms, parts.object, depth + 1));
}

}  // namespace

std::optional<TermId> NewTerms::find(const TermView& term) const {
    if (term.is_triple()) return find_nested(*this, term, 0);
    if (term.is_blank_node()) return impl_->dictionary->find(term);
    if (const auto id = encode_inline(term)) return id;
    std::string key;
    Impl::key_of(term, false, key);
    if (const auto own = impl_->find_own(key)) return own;
    return impl_->core().find_bytes(std::string_view(key).substr(1), static_cast<Tag>(key.front()));
}

void NewTerms::find_all(std::span<const TermView> terms, std::span<TermId> ids) const {
    impl_->dictionary->find_all(terms, ids);
    std::string key;
    for (std::size_t i = 0; i < terms.size(); ++i) {
        if (ids[i] != unbound) continue;
        if (terms[i].is_triple()) {
            ids[i] = find(terms[i]).value_or(unbound);
        } else if (!terms[i].is_blank_node()) {
            Impl::key_of(terms[i], false, key);
            ids[i] = impl_->find_own(key).value_or(unbound);
        }
    }
}

Term NewTerms::term(TermId id) const {
    if (id.tag() == Tag::triple) return term_nested(*this, id, 0);
    Term result;
    terms({&id, 1}, [&](std::size_t, const TermView& view) { result = Term(view); });
    return result;
}

void NewTerms::terms(std::span<const TermId> ids, const Snapshot::TermVisitor& visit) const {
    std::size_t start = 0;  // of the ids that are the dictionary's own and not yet visited
    const auto visit_known = [&](std::size_t end) {
        if (start == end) return;
        impl_->dictionary->terms(
            ids.subspan(start, end - start),
            [&](std::size_t index, const TermView& view) { visit(start + index, view); });
    };
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i].tag() == Tag::triple) {
            visit_known(i);
            const Term term = term_nested(*this, ids[i], 0);
            visit(i, term.view());
            start = i + 1;
        } else if (!ids[i].is_inline() && ids[i].tag() != Tag::blank_node) {
            const Impl::Entry* const own = impl_->entry(ids[i]);
            if (own == nullptr) continue;
            visit_known(i);
            const auto view = parse_term_bytes(own->id.tag(), own->bytes, own->note);
            if (!view) throw_unknown_id(ids[i]);
            visit(i, *view);
            start = i + 1;
        }
    }
    visit_known(ids.size());
}

std::optional<TermId> NewTerms::find_triple(const TripleIds& triple) const {
    {
        const std::shared_lock lock(impl_->mutex);
        const auto own = impl_->triple_ids.find(triple);
        if (own != impl_->triple_ids.end()) return own->second;
    }
    return impl_->dictionary->triples().find(triple);
}

TripleIds NewTerms::triple(TermId id) const {
    if (const auto own = impl_->own_triple(id)) return *own;
    return impl_->dictionary->triples().triple(id);
}

std::vector<std::pair<TripleIds, TermId>> NewTerms::new_triples(std::size_t from) const {
    const std::shared_lock lock(impl_->mutex);
    return {impl_->triples.begin() + static_cast<std::ptrdiff_t>(from), impl_->triples.end()};
}

std::size_t NewTerms::triple_count() const {
    const std::shared_lock lock(impl_->mutex);
    return impl_->triples.size();
}

std::size_t NewTerms::bytes() const {
    // An entry and its place in two tables; three places of a triple.
    constexpr std::size_t each_term = sizeof(Impl::Entry) + 128;
    constexpr std::size_t each_triple = 256;
    return impl_->terms.size() * each_term + impl_->triples.size() * each_triple + impl_->bytes;
}

std::vector<TermEntry> NewTerms::entries() const {
    std::vector<TermEntry> entries;
    // Long terms that begin and hash alike share an entry with those that are there already.
    std::map<std::pair<Family, std::string>, std::string> shared;
    const BlockStore& store = *impl_->core().store;
    for (const Impl::Entry& term : impl_->terms) {
        const bool name = term.id.tag() == Tag::name;
        if (name) {
            entries.push_back({Family::names, name_key(term.id.payload()), term.bytes});
        } else {
            entries.push_back({Family::tail, tail_key(term.id), tail_value(term.bytes, term.note)});
        }
        const Family family = name ? Family::names : Family::tail_index;
        std::string key =
            name ? name_index_key(term.bytes) : tail_index_key(term.bytes, term.id.tag());
        if (is_exact_key(term.bytes)) {
            std::string value;
            append_candidate(value, term.id);
            entries.push_back({family, std::move(key), std::move(value)});
            continue;
        }
        const auto [place, is_new] = shared.try_emplace({family, key});
        if (is_new) {
            if (const PinnedValue before = store.get(family, key)) place->second = before.bytes();
        }
        append_candidate(place->second, term.id);
    }
    for (auto& [place, value] : shared) {
        entries.push_back({place.first, place.second, std::move(value)});
    }
    for (const auto& [triple, id] : impl_->triples) {
        entries.push_back({Family::triples, triple_key(id), triple_value(triple)});
    }
    return entries;
}

DictionaryCounters NewTerms::counters() const {
    return impl_->core().counters();
}

void NewTerms::written() {
    for (const Impl::Entry& term : impl_->terms) {
        if (term.id.tag() == Tag::name) impl_->core().names.add(term.id.payload(), term.bytes);
    }
    if (!impl_->triples.empty()) impl_->core().triples->added(impl_->triples);
}

}  // namespace dossier::storage
