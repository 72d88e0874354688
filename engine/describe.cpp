#include "engine/describe.h"

#include <array>
#include <deque>
#include <unordered_set>

#include "engine/solution_modifiers.h"
#include "rdf/vocabulary.h"

namespace dossier::engine {

namespace {

using storage::Permutation;
using storage::Tag;

class DescribeNode final : public PlanNode {
  public:
    DescribeNode(PlanPtr input, std::vector<Variable> columns, std::vector<Term> resources,
                 storage::GraphSelection graphs, std::vector<Variable> variables)
        : PlanNode(std::move(variables), {}, {}, input->estimate(), {input}),
          described(std::move(columns)),
          resources(std::move(resources)),
          graphs(std::move(graphs)) {}

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames& names) const override {
        std::string line = "Describe:";
        for (const Variable variable : described) line += " " + names.variable(variable);
        for (const Term& resource : resources) line += " " + names.term(resource.view());
        return line;
    }

    const std::vector<Variable> described;
    const std::vector<Term> resources;
    const storage::GraphSelection graphs;
};

class DescribeOperator final : public Operator {
  public:
    DescribeOperator(ExecutionContext& context, const DescribeNode& plan)
        : Operator(context, plan),
          plan_(plan),
          input_(plan.inputs()[0]->make(context)),
          reifies_(context.snapshot().find(TermView::iri(rdf::reifies))),
          charge_(context.memory()) {
        for (const Variable variable : plan.described)
            if (const auto column = column_of(plan.inputs()[0]->variables(), variable))
                columns_.push_back(*column);
        for (const Term& resource : plan.resources)
            if (const auto id = context.snapshot().find(resource.view())) describe(*id, true);
    }

  private:
    // A node whose statements are to be given, and whether the claims on it are too.
    struct Pending {
        TermId id;
        bool with_claims;
    };

    bool produce(Batch& out) override {
        for (;;) {
            if (cursor_) {
                const std::array<TermId*, 4> pointers{nullptr, out.column(1), out.column(2),
                                                      nullptr};
                if (const std::size_t rows = cursor_->next(pointers, out.capacity())) {
                    for (std::size_t i = 0; i < rows; ++i) {
                        out.column(0)[i] = subject_;
                        if (out.column(2)[i].tag() == Tag::blank_node)
                            describe(out.column(2)[i], false);
                    }
                    out.set_rows(rows);
                    return true;
                }
                cursor_.reset();
            }
            if (pending_.empty()) {
                if (!read_input()) return false;
                continue;
            }
            const Pending next = pending_.front();
            pending_.pop_front();
            if (next.with_claims) find_claims(next.id);
            subject_ = next.id;
            storage::ScanRequest request;
            request.permutation = Permutation::spo;
            request.prefix[0] = next.id;
            request.prefix_length = 1;
            request.graphs = plan_.graphs;
            cursor_ = context().snapshot().scan(request);
        }
    }

    bool read_input() {
        if (columns_.empty() || !input_->next(batch_)) return false;
        batch_.compact();
        std::vector<TermId> ids;
        for (const std::size_t column : columns_)
            ids.insert(ids.end(), batch_.column(column), batch_.column(column) + batch_.rows());
        context().computed().resolve(ids);
        for (const TermId id : ids)
            if (id.bound()) describe(id, true);
        return true;
    }

    void describe(TermId id, bool with_claims) {
        const Tag tag = id.tag();
        if (tag != Tag::blank_node && tag != Tag::iri && tag != Tag::name) return;
        // The claims on a node need a visit of their own when only its statements were given.
        if (!(with_claims ? described_with_claims_ : described_).insert(id).second) return;
        if (!with_claims && described_with_claims_.contains(id)) return;
        charge_.add(sizeof(TermId) * 6, "describing resources");
        pending_.push_back({id, with_claims});
    }

    // Every reifier of a triple term with `id` as subject or object.
    void find_claims(TermId id) {
        if (!reifies_) return;
        for (const Permutation permutation : {Permutation::triple_spo, Permutation::triple_osp}) {
            storage::ScanRequest request;
            request.permutation = permutation;
            request.prefix[0] = id;
            request.prefix_length = 1;
            const auto triples = context().snapshot().scan(request);
            std::vector<TermId> ids(Batch::max_capacity);
            const std::array<TermId*, 4> pointers{nullptr, nullptr, nullptr, ids.data()};
            while (const std::size_t rows = triples->next(pointers, ids.size())) {
                context().check();
                for (std::size_t i = 0; i < rows; ++i) find_reifiers(ids[i]);
            }
        }
    }
    void find_reifiers(TermId triple) {
        storage::ScanRequest request;
        request.permutation = Permutation::pos;
        request.prefix[0] = *reifies_;
        request.prefix[1] = triple;
        request.prefix_length = 2;
        request.graphs = plan_.graphs;
        const auto cursor = context().snapshot().scan(request);
        std::vector<TermId> ids(256);
        const std::array<TermId*, 4> pointers{nullptr, nullptr, ids.data(), nullptr};
        while (const std::size_t rows = cursor->next(pointers, ids.size()))
            for (std::size_t i = 0; i < rows; ++i) describe(ids[i], false);
    }

    const DescribeNode& plan_;
    OperatorPtr input_;
    std::optional<TermId> reifies_;
    std::vector<std::size_t> columns_;
    MemoryCharge charge_;
    std::unordered_set<TermId> described_, described_with_claims_;
    std::deque<Pending> pending_;
    std::unique_ptr<storage::RowCursor> cursor_;
    TermId subject_;
    Batch batch_;
};

std::unique_ptr<Operator> DescribeNode::make(ExecutionContext& context) const {
    return std::make_unique<DescribeOperator>(context, *this);
}

}  // namespace

PlanPtr make_describe(PlanPtr input, std::vector<Variable> columns, std::vector<Term> resources,
                      storage::GraphSelection graphs, Variable subject, Variable predicate,
                      Variable object) {
    // A node that is both described and met as a blank node may come twice.
    return make_distinct(std::make_shared<const DescribeNode>(
                             std::move(input), std::move(columns), std::move(resources),
                             std::move(graphs), std::vector<Variable>{subject, predicate, object}),
                         false);
}

}  // namespace dossier::engine
