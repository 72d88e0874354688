#include "engine/claim_query.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "engine/claim_graph.h"
#include "engine/query_executor.h"
#include "engine/query_impl.h"
#include "rdf/vocabulary.h"

namespace dossier {

std::string_view to_string(ClaimStatus status) {
    switch (status) {
        case ClaimStatus::asserted:
            return "asserted";
        case ClaimStatus::supported:
            return "supported";
        case ClaimStatus::disputed:
            return "disputed";
        case ClaimStatus::denied:
            return "denied";
        case ClaimStatus::contradicted:
            return "contradicted";
        case ClaimStatus::unsupported:
            break;
    }
    return "unsupported";
}

namespace {

using engine::ClaimGraph;
using sparql::GroupPattern;
using sparql::Node;
using storage::TermId;

constexpr std::array stance_names{"saidBy", "deniedBy", "doubtedBy", "declinedBy", "unansweredBy"};

// Rewrites a pattern so that each of its triple patterns holds where it is asserted or where some
// claim has it as its proposition:
//
//     s p o   becomes   { s p o } UNION { ?r rdf:reifies <<( s p o )>> ; ?stance ?voice
//                                         VALUES ?stance { dos:saidBy ... } }
//
// Paths and negated parts (MINUS, NOT EXISTS) stay exact.
class ClaimRewriter {
  public:
    explicit ClaimRewriter(sparql::Symbols& symbols) : symbols_(symbols) {
        reifies_ = constant(Term::iri(std::string(rdf::reifies)));
        for (const char* name : stance_names)
            stances_.push_back(constant(Term::iri(std::string(dos::prefix) + name)));
    }

    void rewrite(GroupPattern& group) {
        std::vector<sparql::GroupElement> elements;
        for (sparql::GroupElement& element : group.elements) {
            if (auto* block = std::get_if<sparql::TriplesBlock>(&element.pattern)) {
                for (const sparql::TriplePattern& triple : block->triples)
                    elements.push_back(
                        {triple.offset, asserted_or_claimed(without_blank_nodes(triple))});
                block->triples.clear();
                for (sparql::PathPattern& path : block->paths) {
                    path.subject = without_blank_node(path.subject);
                    path.object = without_blank_node(path.object);
                }
                if (block->paths.empty()) continue;
            } else if (auto* optional = std::get_if<sparql::Optional>(&element.pattern)) {
                rewrite(optional->group);
            } else if (auto* branches = std::get_if<sparql::Union>(&element.pattern)) {
                for (GroupPattern& branch : branches->branches) rewrite(branch);
            } else if (auto* graph = std::get_if<sparql::GraphPattern>(&element.pattern)) {
                rewrite(graph->group);
            } else if (auto* lateral = std::get_if<sparql::Lateral>(&element.pattern)) {
                rewrite(lateral->group);
            }
            elements.push_back(std::move(element));
        }
        group.elements = std::move(elements);
    }

    // The propositions a solution rests on.
    const std::vector<sparql::TriplePattern>& propositions() const { return propositions_; }
    // Variables that stand for blank nodes of the pattern.
    const std::vector<sparql::Variable>& hidden() const { return hidden_; }

  private:
    sparql::Constant constant(const Term& term) {
        for (std::uint32_t i = 0; i < symbols_.terms.size(); ++i)
            if (symbols_.terms[i] == term) return {i};
        symbols_.terms.push_back(term);
        return {static_cast<std::uint32_t>(symbols_.terms.size() - 1)};
    }
    // A variable nobody can name, for its name has a space.
    sparql::Variable fresh(std::string_view what) {
        symbols_.variables.push_back(std::string(what) + " " +
                                     std::to_string(symbols_.variables.size()));
        return {static_cast<std::uint32_t>(symbols_.variables.size() - 1)};
    }

    // Blank nodes of a pattern may not be shared between groups; variables may.
    Node without_blank_node(const Node& node) {
        if (const auto* triple = std::get_if<sparql::TripleTermPattern>(&node)) {
            sparql::TripleTermParts parts = symbols_.parts(*triple);
            parts.subject = without_blank_node(parts.subject);
            parts.predicate = without_blank_node(parts.predicate);
            parts.object = without_blank_node(parts.object);
            symbols_.triple_terms.push_back(std::move(parts));
            return sparql::TripleTermPattern{
                static_cast<std::uint32_t>(symbols_.triple_terms.size() - 1)};
        }
        const auto* blank = std::get_if<sparql::BlankVariable>(&node);
        if (blank == nullptr) return node;
        for (const auto& [id, variable] : blank_nodes_)
            if (id == blank->id) return variable;
        const sparql::Variable variable = fresh("blank");
        blank_nodes_.emplace_back(blank->id, variable);
        hidden_.push_back(variable);
        return variable;
    }
    sparql::TriplePattern without_blank_nodes(const sparql::TriplePattern& triple) {
        return {without_blank_node(triple.subject), without_blank_node(triple.predicate),
                without_blank_node(triple.object), triple.offset};
    }

    sparql::Union asserted_or_claimed(const sparql::TriplePattern& triple) {
        // What is said of claims themselves is data, not a proposition.
        bool about_claims = false;
        if (const auto* predicate = std::get_if<sparql::Constant>(&triple.predicate)) {
            const std::string_view iri = symbols_.term(*predicate).text();
            about_claims = iri == rdf::reifies || iri.starts_with(dos::prefix);
        }
        if (!about_claims) propositions_.push_back(triple);

        sparql::Union result;
        GroupPattern asserted;
        asserted.offset = triple.offset;
        asserted.elements.push_back({triple.offset, sparql::TriplesBlock{{triple}, {}}});
        result.branches.push_back(std::move(asserted));
        if (about_claims) return result;

        symbols_.triple_terms.push_back({triple.subject, triple.predicate, triple.object});
        const sparql::TripleTermPattern proposition{
            static_cast<std::uint32_t>(symbols_.triple_terms.size() - 1)};
        const sparql::Variable reifier = fresh("claim"), stance = fresh("stance"),
                               voice = fresh("voice");
        GroupPattern claimed;
        claimed.offset = triple.offset;
        claimed.elements.push_back(
            {triple.offset, sparql::TriplesBlock{{{reifier, reifies_, proposition, triple.offset},
                                                  {reifier, stance, voice, triple.offset}},
                                                 {}}});
        sparql::Values values;
        values.variables = {stance};
        for (const sparql::Constant name : stances_) values.cells.push_back(name.id);
        values.row_count = stances_.size();
        values.offset = triple.offset;
        claimed.elements.push_back({triple.offset, std::move(values)});
        result.branches.push_back(std::move(claimed));
        return result;
    }

    sparql::Symbols& symbols_;
    sparql::Constant reifies_;
    std::vector<sparql::Constant> stances_;
    std::vector<std::pair<std::uint32_t, sparql::Variable>> blank_nodes_;
    std::vector<sparql::TriplePattern> propositions_;
    std::vector<sparql::Variable> hidden_;
};

sparql::ParsedQuery parse_pattern(std::string_view text, const sparql::SparqlOptions& options) {
    sparql::ParsedStatement statement = sparql::parse_statement(text, options);
    if (auto* pattern = std::get_if<sparql::ParsedPattern>(&statement))
        return std::move(pattern->question);
    auto* query = std::get_if<sparql::ParsedQuery>(&statement);
    if (query == nullptr || query->query.form != sparql::QueryForm::select ||
        query->query.aggregated)
        throw UsageError(
            "claims are asked for with a graph pattern or a SELECT query without aggregates");
    return std::move(*query);
}

// Weakest last: a row that rests on several propositions is as good as the worst of them.
bool weaker(ClaimStatus a, ClaimStatus b) {
    static constexpr std::array<int, 6> rank{0, 1, 2, 4, 3, 5};
    return rank[static_cast<std::size_t>(a)] > rank[static_cast<std::size_t>(b)];
}

class ClaimQuery {
  public:
    // `question` is asked while planning; the execution asks what it is then.
    ClaimQuery(const Store::Impl& store, sparql::ParsedQuery parsed, const QueryOptions& options,
               std::stop_token stop, StopQuestion& question)
        : parsed_(std::move(parsed)), rewriter_(parsed_.symbols) {
        sparql::Query& query = parsed_.query;
        for (const sparql::Projection& projection : query.projection)
            answers_.variables.push_back(parsed_.symbols.name(projection.variable));
        visible_ = query.projection.size();
        rewriter_.rewrite(query.where);
        // The variables of the propositions are needed too, whether asked for or not.
        for (const sparql::Variable variable : rewriter_.hidden()) project(variable);
        for (const sparql::TriplePattern& triple : rewriter_.propositions())
            for (const Node* node : {&triple.subject, &triple.predicate, &triple.object})
                project_all(*node);
        query.star = false;
        query.duplicates = sparql::Duplicates::distinct;

        pattern_ = std::make_shared<const engine::TranslatedPattern>(
            engine::translate_query(parsed_, &question));
        engine::PlanOptions plan_options;
        plan_options.union_default_graph = true;
        plan_options.dataset = {options.default_graphs, options.named_graphs};
        plan_options.disabled_passes = options.disabled_passes;
        plan_options.question = &question;
        plan_options.memory_bytes = options.memory;
        engine::ExecutionOptions execution = execution_options(store, options, std::move(stop));
        execution.question = question;
        execution_ = std::make_unique<engine::QueryExecution>(
            engine::plan_query(pattern_, store.open_store().snapshot(), plan_options),
            std::move(execution));
        graph_.emplace(execution_->context());
    }

    ClaimAnswers run() {
        engine::Batch batch;
        const std::vector<std::string>& names = execution_->plan().column_names();
        for (const sparql::Projection& projection : parsed_.query.projection) {
            const auto found =
                std::find(names.begin(), names.end(), parsed_.symbols.name(projection.variable));
            columns_.emplace_back(projection.variable.id,
                                  static_cast<std::size_t>(found - names.begin()));
        }
        MemoryCharge charge(execution_->context().memory());
        while (execution_->next(batch)) {
            batch.compact();
            for (std::size_t row = 0; row < batch.rows(); ++row) {
                add(batch, row);
                charge.set(answers_.answers.size() * sizeof(ClaimAnswer) * 2, "collecting claims");
            }
        }
        answers_.claims = all_claims_.size();
        answers_.origins = all_origins_.size();
        answers_.notes = graph_->notes();
        return std::move(answers_);
    }

  private:
    using MemoryCharge = engine::MemoryCharge;

    void project(sparql::Variable variable) {
        for (const sparql::Projection& projection : parsed_.query.projection)
            if (projection.variable == variable) return;
        parsed_.query.projection.push_back({variable, std::nullopt, 0});
    }
    void project_all(const Node& node) {
        if (const auto* variable = std::get_if<sparql::Variable>(&node)) project(*variable);
        if (const auto* triple = std::get_if<sparql::TripleTermPattern>(&node)) {
            const sparql::TripleTermParts parts = parsed_.symbols.parts(*triple);
            for (const Node* part : {&parts.subject, &parts.predicate, &parts.object})
                project_all(*part);
        }
    }

    TermId value(const Node& node, const engine::Batch& batch, std::size_t row) {
        const storage::Snapshot& snapshot = execution_->context().snapshot();
        if (const auto* constant = std::get_if<sparql::Constant>(&node))
            return snapshot.find(parsed_.symbols.term(*constant).view()).value_or(storage::unbound);
        if (const auto* variable = std::get_if<sparql::Variable>(&node)) {
            for (const auto& [id, column] : columns_)
                if (id == variable->id) return batch.column(column)[row];
            return storage::unbound;
        }
        const auto& parts = parsed_.symbols.parts(std::get<sparql::TripleTermPattern>(node));
        std::array<TermId, 3> ids{value(parts.subject, batch, row),
                                  value(parts.predicate, batch, row),
                                  value(parts.object, batch, row)};
        for (const TermId id : ids)
            if (!id.bound()) return storage::unbound;
        const engine::ExecutionContext& context = execution_->context();
        return snapshot
            .find(Term::triple(context.term(ids[0]), context.term(ids[1]), context.term(ids[2]))
                      .view())
            .value_or(storage::unbound);
    }

    std::vector<Term> terms(const ClaimGraph::Ids& ids) {
        std::vector<Term> result;
        for (const TermId id : ids) result.push_back(execution_->context().term(id));
        std::sort(result.begin(), result.end());
        return result;
    }

    void add(const engine::Batch& batch, std::size_t row) {
        ClaimAnswer answer;
        for (std::size_t i = 0; i < visible_; ++i) {
            const TermId id = batch.column(columns_[i].second)[row];
            answer.values.push_back(id.bound() ? std::optional(execution_->context().term(id))
                                               : std::nullopt);
        }
        std::vector<std::vector<ClaimGraph::Standing>> all;
        for (const sparql::TriplePattern& triple : rewriter_.propositions()) {
            const storage::TripleIds ids{value(triple.subject, batch, row),
                                         value(triple.predicate, batch, row),
                                         value(triple.object, batch, row)};
            if (!ids.subject.bound() || !ids.predicate.bound() || !ids.object.bound())
                continue;  // of an OPTIONAL part or another branch
            std::vector<ClaimGraph::Standing> standings = graph_->standings(ids);
            // Neither asserted nor claimed: the other branch of a UNION gave this row.
            if (standings.size() == 1 && standings[0].claims.empty() &&
                standings[0].status == ClaimStatus::unsupported)
                continue;
            all.push_back(std::move(standings));
        }
        if (all.size() == 1) {
            for (const ClaimGraph::Standing& standing : all[0]) {
                ClaimAnswer variant = answer;
                variant.status = standing.status;
                variant.variant = standing.variant;
                fill(variant, {&standing});
                answers_.answers.push_back(std::move(variant));
            }
            return;
        }
        std::vector<const ClaimGraph::Standing*> chosen;
        for (const auto& standings : all)
            chosen.push_back(&*std::min_element(
                standings.begin(), standings.end(),
                [](const auto& a, const auto& b) { return weaker(b.status, a.status); }));
        // Where no proposition has a claim left that says or denies it, refusals alone gave the
        // row.
        answer.status = all.empty() && !rewriter_.propositions().empty() ? ClaimStatus::unsupported
                                                                         : ClaimStatus::asserted;
        for (const auto* standing : chosen)
            if (weaker(standing->status, answer.status)) answer.status = standing->status;
        fill(answer, chosen);
        answers_.answers.push_back(std::move(answer));
    }

    // Voices and claims of all propositions; the fewest origins of any that needs some.
    void fill(ClaimAnswer& answer, const std::vector<const ClaimGraph::Standing*>& standings) {
        ClaimGraph::Ids said_by, denied_by, claims;
        bool first = true;
        for (const ClaimGraph::Standing* standing : standings) {
            said_by.insert(standing->said_by.begin(), standing->said_by.end());
            denied_by.insert(standing->denied_by.begin(), standing->denied_by.end());
            claims.insert(standing->claims.begin(), standing->claims.end());
            all_origins_.insert(standing->origins.begin(), standing->origins.end());
            std::uint64_t named = 0, unnamed = 0;
            for (const TermId origin : standing->origins)
                ++(graph_->is_unnamed(origin) ? unnamed : named);
            if (standing->status == ClaimStatus::asserted && standing->claims.empty()) continue;
            if (first || named < answer.origins) answer.origins = named;
            if (first || unnamed < answer.unnamed_origins) answer.unnamed_origins = unnamed;
            first = false;
        }
        all_claims_.insert(claims.begin(), claims.end());
        answer.said_by = terms(said_by);
        answer.denied_by = terms(denied_by);
        answer.claims = terms(claims);
    }

    sparql::ParsedQuery parsed_;
    ClaimRewriter rewriter_;
    std::size_t visible_ = 0;
    std::shared_ptr<const engine::TranslatedPattern> pattern_;
    std::unique_ptr<engine::QueryExecution> execution_;
    std::optional<ClaimGraph> graph_;
    std::vector<std::pair<std::uint32_t, std::size_t>> columns_;
    ClaimAnswers answers_;
    ClaimGraph::Ids all_claims_, all_origins_;
};

}  // namespace

ClaimAnswers ask_claims(const std::shared_ptr<Store::Impl>& store, std::string_view text,
                        const QueryOptions& options) {
    const PrefixEnvironment environment(options, store->prefixes());
    const StopSignal stop(options.stop, store->interrupt_token());
    StopQuestion question(stop.token(), options.timeout);
    sparql::SparqlOptions parsing = parser_options(options, environment);
    parsing.question = &question;
    if (text.size() <= parsing.max_text_bytes) expect_memory_for(text, options);
    return ClaimQuery(*store, parse_pattern(text, parsing), options, stop.token(), question).run();
}

}  // namespace dossier
