#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <dossier/error.h>
#include <dossier/term.h>

#include "rdf/value.h"
#include "storage/inline_term.h"
#include "storage/snapshot.h"

// A few statements in memory behind the door the engine reads data through: every scan is a
// filtered and sorted copy, so that it is plainly right.

namespace dossier::testing {

using storage::GraphSelection;
using storage::Permutation;
using storage::QuadIds;
using storage::Tag;
using storage::TermId;
using storage::TripleIds;

using FakeRow = std::array<TermId, 4>;

class FakeCursor final : public storage::RowCursor {
  public:
    FakeCursor(std::vector<FakeRow> rows, std::size_t prefix)
        : rows_(std::move(rows)), prefix_(prefix) {}

    std::size_t next(std::span<TermId* const> columns, std::size_t capacity) override {
        std::size_t count = 0;
        for (; count < capacity && position_ < rows_.size(); ++count, ++position_)
            write(columns, count);
        return count;
    }

    void seek(std::span<const TermId> key) override {
        while (position_ < rows_.size() &&
               std::lexicographical_compare(
                   rows_[position_].begin() + static_cast<std::ptrdiff_t>(prefix_),
                   rows_[position_].begin() + static_cast<std::ptrdiff_t>(prefix_ + key.size()),
                   key.begin(), key.end()))
            ++position_;
    }

    std::size_t lookup(std::span<const TermId> keys, std::size_t& key, std::uint32_t* key_numbers,
                       std::span<TermId* const> columns, std::size_t capacity) override {
        std::size_t count = 0;
        while (key < keys.size()) {
            if (key > 0 && keys[key - 1] >= keys[key]) throw UsageError("keys do not ascend");
            while (position_ < rows_.size() && rows_[position_][prefix_] < keys[key]) ++position_;
            for (; position_ < rows_.size() && rows_[position_][prefix_] == keys[key];
                 ++position_, ++count) {
                if (count == capacity) return count;
                write(columns, count);
                key_numbers[count] = static_cast<std::uint32_t>(key);
            }
            ++key;
        }
        return count;
    }

  private:
    void write(std::span<TermId* const> columns, std::size_t row) const {
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (columns[i] != nullptr) columns[i][row] = rows_[position_][i];
    }

    std::vector<FakeRow> rows_;
    std::size_t prefix_;
    std::size_t position_ = 0;
};

class FakeSnapshot final : public storage::Snapshot {
  public:
    TermId intern(const Term& term) {
        if (const auto inline_id = storage::encode_inline(term.view())) return *inline_id;
        const auto known = ids_.find(term);
        if (known != ids_.end()) return known->second;
        TermId id;
        const std::uint64_t number = terms_.size();
        switch (term.kind()) {
            case TermKind::iri:
                id = TermId::of(Tag::iri, number);
                break;
            case TermKind::blank_node:
                id = TermId::of(Tag::blank_node, number);
                break;
            case TermKind::literal:
                id = TermId::of(literal_tag(term), number);
                break;
            case TermKind::triple: {
                const TripleIds parts{intern(term.subject()), intern(term.predicate()),
                                      intern(term.object())};
                id = TermId::of(Tag::triple, terms_.size());
                triples_[id] = parts;
                break;
            }
        }
        terms_[id] = term;
        ids_[term] = id;
        return id;
    }
    void add(const Term& s, const Term& p, const Term& o, const Term& g = Term()) {
        const bool in_default = g.is_iri() && g.text().empty();
        const QuadIds quad{intern(s), intern(p), intern(o),
                           in_default ? storage::default_graph : intern(g)};
        if (std::find(quads_.begin(), quads_.end(), quad) == quads_.end()) quads_.push_back(quad);
    }
    const std::vector<QuadIds>& quads() const { return quads_; }
    const std::map<TermId, TripleIds>& triple_terms() const { return triples_; }

    std::uint64_t number() const override { return 1; }
    std::optional<TermId> find(const TermView& term) const override {
        if (const auto inline_id = storage::encode_inline(term)) return inline_id;
        const auto known = ids_.find(Term(term));
        return known == ids_.end() ? std::nullopt : std::optional(known->second);
    }
    void find_all(std::span<const TermView> terms, std::span<TermId> ids) const override {
        for (std::size_t i = 0; i < terms.size(); ++i)
            ids[i] = find(terms[i]).value_or(storage::unbound);
    }
    Term term(TermId id) const override {
        if (id.is_inline()) {
            storage::InlineText text;
            return Term(storage::decode_inline(id, text));
        }
        return terms_.at(id);
    }
    void terms(std::span<const TermId> ids, const TermVisitor& visit) const override {
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (i > 0 && ids[i - 1] > ids[i]) throw UsageError("ids do not ascend");
            const Term one = term(ids[i]);
            visit(i, one.view());
        }
    }
    TripleIds triple(TermId id) const override { return triples_.at(id); }
    void triples(std::span<const TermId> ids, std::span<TripleIds> out) const override {
        for (std::size_t i = 0; i < ids.size(); ++i) out[i] = triple(ids[i]);
    }

    std::unique_ptr<storage::RowCursor> scan(const storage::ScanRequest& request) const override {
        return std::make_unique<FakeCursor>(rows(request), request.prefix_length);
    }
    std::uint64_t count(const storage::ScanRequest& request) const override {
        return rows(request).size();
    }
    std::uint64_t estimate(const storage::ScanRequest& request) const override {
        return rows(request).size();
    }
    std::span<const Permutation> permutations() const override {
        static constexpr std::array all = {Permutation::spo,        Permutation::sop,
                                           Permutation::pso,        Permutation::pos,
                                           Permutation::osp,        Permutation::ops,
                                           Permutation::gspo,       Permutation::triple_spo,
                                           Permutation::triple_pos, Permutation::triple_osp};
        return all;
    }
    std::vector<TermId> graphs() const override {
        std::vector<TermId> out;
        for (const QuadIds& quad : quads_)
            if (quad.graph != storage::default_graph) out.push_back(quad.graph);
        std::sort(out.begin(), out.end());
        out.erase(std::unique(out.begin(), out.end()), out.end());
        return out;
    }
    storage::PredicateStatistics statistics(TermId predicate) const override {
        storage::PredicateStatistics out;
        std::vector<TermId> subjects, objects;
        for (const QuadIds& quad : quads_) {
            if (quad.predicate != predicate) continue;
            ++out.rows;
            subjects.push_back(quad.subject);
            objects.push_back(quad.object);
        }
        for (auto* list : {&subjects, &objects}) {
            std::sort(list->begin(), list->end());
            list->erase(std::unique(list->begin(), list->end()), list->end());
        }
        out.distinct_subjects = subjects.size();
        out.distinct_objects = objects.size();
        return out;
    }

    std::vector<FakeRow> rows(const storage::ScanRequest& request) const {
        std::vector<FakeRow> roles;
        if (request.permutation >= Permutation::triple_spo) {
            for (const auto& [id, parts] : triples_)
                roles.push_back({parts.subject, parts.predicate, parts.object, id});
        } else {
            const GraphSelection& graphs = request.graphs;
            for (const QuadIds& quad : quads_) {
                bool wanted = quad.graph == graphs.graph;
                if (graphs.mode != GraphSelection::Mode::one)
                    wanted = graphs.graphs.empty()
                                 ? graphs.mode == GraphSelection::Mode::merged ||
                                       quad.graph != storage::default_graph
                                 : std::binary_search(graphs.graphs.begin(), graphs.graphs.end(),
                                                      quad.graph);
                if (!wanted) continue;
                const TermId graph =
                    graphs.mode == GraphSelection::Mode::merged ? storage::unbound : quad.graph;
                roles.push_back({quad.subject, quad.predicate, quad.object, graph});
            }
        }
        const std::array<std::uint8_t, 4> order = storage::roles_of(request.permutation);
        std::vector<FakeRow> out;
        for (const FakeRow& row : roles) {
            FakeRow permuted;
            for (std::size_t i = 0; i < 4; ++i) permuted[i] = row[order[i]];
            bool fits = true;
            for (std::size_t i = 0; i < request.prefix_length; ++i)
                fits = fits && permuted[i] == request.prefix[i];
            if (fits && request.range)
                fits = permuted[request.prefix_length] >= request.range->first &&
                       permuted[request.prefix_length] <= request.range->second;
            if (fits) out.push_back(permuted);
        }
        std::sort(out.begin(), out.end());
        out.erase(std::unique(out.begin(), out.end()), out.end());
        return out;
    }

  private:
    static Tag literal_tag(const Term& term) {
        if (term.direction() != Direction::none) return Tag::directional_string;
        if (!term.language().empty()) return Tag::language_string;
        const Value value = parse_value(term.view());
        if (value.kind() == ValueKind::string) return Tag::string;
        if (!value.has_value()) return Tag::other_literal;
        return value.is_numeric() ? Tag::dictionary_number : Tag::dictionary_time;
    }

    std::map<TermId, Term> terms_;
    std::map<Term, TermId> ids_;
    std::map<TermId, TripleIds> triples_;
    std::vector<QuadIds> quads_;
};

}  // namespace dossier::testing
