#include "engine/computed_terms.h"

#include <algorithm>

#include "storage/inline_term.h"

namespace dossier::engine {

using storage::Tag;
using storage::TermId;

namespace {

// Bytes a term holds, roughly: what the budget is charged with.
std::size_t footprint(const TermView& term) {
    std::size_t bytes = sizeof(Term) + 64 + term.text().size() + term.language().size();
    if (term.is_literal()) bytes += term.datatype().size();
    if (term.is_triple())
        bytes += footprint(term.triple().subject) + footprint(term.triple().predicate) +
                 footprint(term.triple().object);
    return bytes;
}

}  // namespace

ComputedTerms::ComputedTerms(const storage::Snapshot& snapshot, MemoryBudget& budget)
    : snapshot_(snapshot), index_(0, Hash{&entries_}, Equal{&entries_}), charge_(budget) {}

TermId ComputedTerms::intern(const TermView& term) {
    if (const auto id = storage::encode_inline(term)) return *id;
    const std::lock_guard lock(mutex_);
    if (const auto found = index_.find(term); found != index_.end()) {
        const Entry& entry = entries_[*found];
        return entry.resolved.bound() ? entry.resolved : TermId::of(Tag::computed, *found);
    }
    charge_.add(footprint(term), "computing terms");
    const std::uint64_t index = entries_.size();
    entries_.push_back({Term(term), storage::unbound});
    index_.insert(index);
    return TermId::of(Tag::computed, index);
}

TermId ComputedTerms::fresh_blank_node() {
    const std::lock_guard lock(mutex_);
    // The store's own labels begin with "b", so this is none of them.
    Term term = Term::blank_node("q" + std::to_string(blank_nodes_++));
    charge_.add(footprint(term.view()), "computing terms");
    const std::uint64_t index = entries_.size();
    const TermId id = TermId::of(Tag::computed, index);
    entries_.push_back({std::move(term), id});
    index_.insert(index);
    return id;
}

const Term& ComputedTerms::term(TermId id) const {
    const std::lock_guard lock(mutex_);
    return entries_[id.payload()].term;
}

bool ComputedTerms::unresolved(TermId id) const {
    if (id.tag() != Tag::computed) return false;
    const std::lock_guard lock(mutex_);
    return entries_[id.payload()].resolved != id;
}

void ComputedTerms::resolve(std::span<TermId> ids) {
    std::vector<std::uint64_t> open;
    {
        const std::lock_guard lock(mutex_);
        for (TermId& id : ids) {
            if (id.tag() != Tag::computed) continue;
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
        for (const std::uint64_t index : open) terms.push_back(entries_[index].term.view());
    }
    std::vector<TermId> found(open.size(), storage::unbound);
    snapshot_.find_all(terms, found);
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < open.size(); ++i)
        entries_[open[i]].resolved =
            found[i].bound() ? found[i] : TermId::of(Tag::computed, open[i]);
    for (TermId& id : ids)
        if (id.tag() == Tag::computed) id = entries_[id.payload()].resolved;
}

}  // namespace dossier::engine
