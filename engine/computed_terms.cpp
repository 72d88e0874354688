#include "engine/computed_terms.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <dossier/error.h>

#include "rdf/datatype.h"
#include "storage/inline_term.h"

namespace dossier::engine {

using storage::Tag;
using storage::TermId;

namespace {

// Bytes a term takes with its place in the index: what the budget is charged with.
std::size_t footprint(const TermView& term) {
    std::size_t bytes = sizeof(TermView) + 48;
    if (term.is_triple())
        return bytes + footprint(term.triple().subject) + footprint(term.triple().predicate) +
               footprint(term.triple().object);
    bytes += term.text().size() + term.language().size();
    if (term.is_literal() && iri_of(datatype_of(term.datatype())).empty())
        bytes += term.datatype().size();
    return bytes;
}

// Two sorts of computed ids name no entry: passing terms have their owner's number and a place in
// it, fresh blank nodes their own number.
constexpr std::uint64_t passing_bit = std::uint64_t{1} << 57;
constexpr std::uint64_t blank_bit = std::uint64_t{1} << 56;
constexpr int place_bits = 40;
constexpr std::uint64_t place_mask = (std::uint64_t{1} << place_bits) - 1;
constexpr std::uint64_t most_owners = std::uint64_t{1} << (56 - place_bits);
// The store's own labels begin with "b".
constexpr char fresh_letter = 'q';

bool is_passing(TermId id) {
    return (id.payload() & passing_bit) != 0;
}
bool is_fresh_blank(TermId id) {
    return (id.payload() & (passing_bit | blank_bit)) == blank_bit;
}

}  // namespace

ComputedTerms::ComputedTerms(const storage::Snapshot& snapshot, MemoryBudget& budget)
    : snapshot_(snapshot), index_(0, Hash{&entries_}, Equal{&entries_}), charge_(budget) {}
ComputedTerms::~ComputedTerms() = default;

TermId ComputedTerms::intern(const TermView& term) {
    if (const auto id = storage::encode_inline(term)) return *id;
    const std::lock_guard lock(mutex_);
    if (term.is_blank_node())
        if (const TermId id = find_fresh_blank_node(term); id.bound()) return id;
    if (const auto found = index_.find(term); found != index_.end()) {
        const Entry& entry = entries_[*found];
        return entry.resolved.bound() ? entry.resolved : TermId::of(Tag::computed, *found);
    }
    charge_.add(footprint(term), "computing terms");
    const std::uint64_t index = entries_.size();
    entries_.push_back({arena_.copy(term), hash_value(term), storage::unbound});
    index_.insert(index);
    return TermId::of(Tag::computed, index);
}

TermId ComputedTerms::fresh_blank_node() {
    const std::lock_guard lock(mutex_);
    return TermId::of(Tag::computed, blank_bit | blank_nodes_++);
}

// The id of a fresh blank node that comes back as a term; unbound where it is none.
TermId ComputedTerms::find_fresh_blank_node(const TermView& term) const {
    const std::string_view label = term.text();
    if (label.size() < 2 || label[0] != fresh_letter) return storage::unbound;
    if (label[1] == '0' && label.size() > 2) return storage::unbound;
    std::uint64_t number = 0;
    const auto end = std::from_chars(label.data() + 1, label.data() + label.size(), number);
    if (end.ec != std::errc() || end.ptr != label.data() + label.size() || number >= blank_nodes_)
        return storage::unbound;
    return TermId::of(Tag::computed, blank_bit | number);
}

const TermView* ComputedTerms::find_passing(TermId id) const {
    const PassingTerms* owner = passing_[(id.payload() & ~passing_bit) >> place_bits];
    const std::uint64_t place = id.payload() & place_mask;
    if (owner == nullptr || place < owner->forgotten_) return nullptr;
    return &owner->entries_[place - owner->forgotten_];
}

TermView ComputedTerms::view(TermId id, std::string& buffer) const {
    if (is_fresh_blank(id)) {
        buffer = fresh_letter + std::to_string(id.payload() & ~blank_bit);
        return TermView::blank_node(buffer);
    }
    const std::lock_guard lock(mutex_);
    if (!is_passing(id)) return entries_[id.payload()].term;
    const TermView* found = find_passing(id);
    if (found == nullptr) throw QueryError("a term was asked for after its batch");
    return *found;
}

Term ComputedTerms::term(TermId id) const {
    std::string buffer;
    return Term(view(id, buffer));
}

bool ComputedTerms::unresolved(TermId id) const {
    if (id.tag() != Tag::computed || is_fresh_blank(id)) return false;
    if (is_passing(id)) return true;
    const std::lock_guard lock(mutex_);
    return entries_[id.payload()].resolved != id;
}

void ComputedTerms::resolve(std::span<TermId> ids) {
    std::vector<std::uint64_t> open;
    {
        const std::lock_guard lock(mutex_);
        for (TermId& id : ids) {
            if (id.tag() != Tag::computed || is_passing(id) || is_fresh_blank(id)) continue;
            const Entry& entry = entries_[id.payload()];
            if (entry.resolved.bound())
                id = entry.resolved;
            else
                open.push_back(id.payload());
        }
    }
    if (open.empty()) return;
    std::sort(open.begin(), open.end());
    open.erase(std::unique(open.begin(), open.end()), open.end());
    // The dictionary is asked outside the lock: entries never move and their terms never change.
    std::vector<TermView> terms;
    terms.reserve(open.size());
    {
        const std::lock_guard lock(mutex_);
        for (const std::uint64_t index : open) terms.push_back(entries_[index].term);
    }
    std::vector<TermId> found(open.size(), storage::unbound);
    snapshot_.find_all(terms, found);
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < open.size(); ++i)
        entries_[open[i]].resolved =
            found[i].bound() ? found[i] : TermId::of(Tag::computed, open[i]);
    for (TermId& id : ids)
        if (id.tag() == Tag::computed && !is_passing(id) && !is_fresh_blank(id))
            id = entries_[id.payload()].resolved;
}

PassingTerms::PassingTerms(ComputedTerms& terms, MemoryBudget& budget)
    : terms_(terms), number_(0), charge_(budget) {
    const std::lock_guard lock(terms_.mutex_);
    number_ = terms_.passing_.size();
    if (number_ >= most_owners) throw LimitError("the query has too many expressions");
    terms_.passing_.push_back(this);
}

PassingTerms::~PassingTerms() {
    const std::lock_guard lock(terms_.mutex_);
    terms_.passing_[number_] = nullptr;
}

TermId PassingTerms::add(const TermView& term) {
    if (const auto id = storage::encode_inline(term)) return *id;
    const std::lock_guard lock(terms_.mutex_);
    if (term.is_blank_node())
        if (const TermId id = terms_.find_fresh_blank_node(term); id.bound()) return id;
    charge_.add(footprint(term), "computing terms");
    entries_.push_back(arena_.copy(term));
    return TermId::of(Tag::computed,
                      passing_bit | (number_ << place_bits) | (forgotten_ + entries_.size() - 1));
}

void PassingTerms::forget() {
    if (entries_.empty()) return;
    const std::lock_guard lock(terms_.mutex_);
    forgotten_ += entries_.size();
    entries_.clear();
    arena_.clear(std::size_t{256} << 10);
    charge_.clear();
}

}  // namespace dossier::engine
