#include "engine/template.h"

#include <functional>
#include <utility>

#include "engine/solution_modifiers.h"

namespace dossier::engine {

namespace {

// Which kind of term an id denotes, without decoding it where the tag tells.
TermKind kind_of(TermId id, ExecutionContext& context) {
    switch (id.tag()) {
        case storage::Tag::blank_node:
            return TermKind::blank_node;
        case storage::Tag::name:
        case storage::Tag::iri:
            return TermKind::iri;
        case storage::Tag::triple:
            return TermKind::triple;
        case storage::Tag::computed: {
            std::string buffer;
            return context.computed().view(id, buffer).kind();
        }
        default:
            return TermKind::literal;
    }
}

// Resolves the nodes of one template.
class Resolver {
  public:
    using Given = std::vector<std::pair<std::string, Term>>;
    Resolver(const sparql::Symbols& symbols, const TranslatedPattern& pattern,
             const std::vector<Variable>& columns, const Given* given = nullptr)
        : symbols_(symbols), pattern_(pattern), columns_(columns), given_(given) {}

    TemplateNode resolve(const sparql::Node& node) {
        TemplateNode result;
        if (const auto* constant = std::get_if<sparql::Constant>(&node)) {
            result.kind = TemplateNode::Kind::constant;
            result.term = symbols_.term(*constant);
        } else if (const auto* variable = std::get_if<sparql::Variable>(&node)) {
            if (const Term* value = given(symbols_.name(*variable))) {
                result.kind = TemplateNode::Kind::constant;
                result.term = *value;
                return result;
            }
            const std::optional<Variable> outer = pattern_.visible[variable->id];
            const std::optional<std::size_t> column =
                outer ? column_of(columns_, *outer) : std::nullopt;
            if (column) {
                result.kind = TemplateNode::Kind::column;
                result.index = *column;
            }
        } else if (const auto* blank = std::get_if<sparql::BlankVariable>(&node)) {
            result.kind = TemplateNode::Kind::blank_node;
            result.index = blank_number(blank->id);
        } else {
            const auto& parts = symbols_.parts(std::get<sparql::TripleTermPattern>(node));
            result.kind = TemplateNode::Kind::triple;
            result.parts = {resolve(parts.subject), resolve(parts.predicate),
                            resolve(parts.object)};
        }
        return result;
    }

    std::size_t blank_nodes() const { return blanks_.size(); }

  private:
    const Term* given(const std::string& name) const {
        if (given_ == nullptr) return nullptr;
        for (const auto& [variable, value] : *given_)
            if (variable == name) return &value;
        return nullptr;
    }
    std::size_t blank_number(std::uint32_t id) {
        for (std::size_t i = 0; i < blanks_.size(); ++i)
            if (blanks_[i] == id) return i;
        blanks_.push_back(id);
        return blanks_.size() - 1;
    }

    const sparql::Symbols& symbols_;
    const TranslatedPattern& pattern_;
    const std::vector<Variable>& columns_;
    const Given* given_;
    std::vector<std::uint32_t> blanks_;
};

TemplateTriple resolve_triple(const sparql::TriplePattern& triple, Resolver& resolver) {
    TemplateTriple result;
    result.subject = resolver.resolve(triple.subject);
    result.predicate = resolver.resolve(triple.predicate);
    result.object = resolver.resolve(triple.object);
    return result;
}

// Adds the statements of the solutions of its input; duplicates are somebody else's matter.
class ConstructNode final : public PlanNode {
  public:
    ConstructNode(PlanPtr input, std::shared_ptr<const Template> source,
                  std::vector<Variable> variables)
        : PlanNode(std::move(variables), {}, {},
                   {input->estimate().rows * static_cast<double>(source->triples().size()),
                    input->estimate().cost, input->estimate().first_cost},
                   {input}),
          template_(std::move(source)) {}

    std::unique_ptr<Operator> make(ExecutionContext& context) const override;
    std::string describe(const PlanNames&) const override {
        return "Construct: " + std::to_string(template_->triples().size()) + " triples a solution";
    }

    const Template& source() const { return *template_; }

  private:
    std::shared_ptr<const Template> template_;
};

class ConstructOperator final : public Operator {
  public:
    ConstructOperator(ExecutionContext& context, const ConstructNode& plan)
        : Operator(context, plan),
          input_(plan.inputs()[0]->make(context)),
          instance_(plan.source(), context) {}

  private:
    bool produce(Batch& out) override {
        while (pending_.size() - next_ == 0) {
            pending_.clear();
            next_ = 0;
            if (next_row_ == batch_.rows()) {
                if (!input_->next(batch_)) return false;
                batch_.compact();
                next_row_ = 0;
            }
            // A wide template makes many statements of a row.
            while (next_row_ < batch_.rows() && pending_.size() < Batch::max_capacity) {
                context().check();
                instance_.make(batch_, next_row_++, pending_);
            }
            resolve_pending();
        }
        const std::size_t rows = std::min(out.capacity(), pending_.size() - next_);
        for (std::size_t i = 0; i < rows; ++i) {
            const TemplateInstance::Quad& quad = pending_[next_ + i];
            out.column(0)[i] = quad.subject;
            out.column(1)[i] = quad.predicate;
            out.column(2)[i] = quad.object;
        }
        next_ += rows;
        out.set_rows(rows);
        return true;
    }

    // Equal ids must be equal terms before duplicates are looked for.
    void resolve_pending() {
        for (auto member : {&TemplateInstance::Quad::subject, &TemplateInstance::Quad::predicate,
                            &TemplateInstance::Quad::object}) {
            column_.clear();
            for (const auto& quad : pending_) column_.push_back(quad.*member);
            context().computed().resolve(column_);
            for (std::size_t i = 0; i < column_.size(); ++i) pending_[i].*member = column_[i];
        }
    }

    OperatorPtr input_;
    TemplateInstance instance_;
    Batch batch_;
    std::uint32_t next_row_ = 0;
    std::vector<TemplateInstance::Quad> pending_;
    std::size_t next_ = 0;
    std::vector<TermId> column_;
};

std::unique_ptr<Operator> ConstructNode::make(ExecutionContext& context) const {
    return std::make_unique<ConstructOperator>(context, *this);
}

}  // namespace

Template::Template(const std::vector<sparql::TriplePattern>& triples,
                   const sparql::Symbols& symbols, const TranslatedPattern& pattern,
                   const std::vector<Variable>& columns) {
    Resolver resolver(symbols, pattern, columns);
    for (const sparql::TriplePattern& triple : triples)
        triples_.push_back(resolve_triple(triple, resolver));
    blank_nodes_ = resolver.blank_nodes();
}

Template::Template(const std::vector<sparql::QuadPattern>& quads, const sparql::Symbols& symbols,
                   const TranslatedPattern& pattern, const std::vector<Variable>& columns,
                   const Term* default_graph,
                   const std::vector<std::pair<std::string, Term>>& given) {
    Resolver resolver(symbols, pattern, columns, &given);
    for (const sparql::QuadPattern& quad : quads) {
        TemplateNode graph;
        if (quad.graph) {
            graph = resolver.resolve(*quad.graph);
        } else if (default_graph != nullptr) {
            graph.kind = TemplateNode::Kind::constant;
            graph.term = *default_graph;
        }
        for (const sparql::TriplePattern& triple : quad.triples) {
            TemplateTriple resolved = resolve_triple(triple, resolver);
            resolved.graph = graph;
            resolved.in_default_graph = !quad.graph && default_graph == nullptr;
            triples_.push_back(std::move(resolved));
        }
    }
    blank_nodes_ = resolver.blank_nodes();
}

TemplateInstance::TemplateInstance(const Template& source, ExecutionContext& context)
    : template_(source), context_(context) {}

TermId TemplateInstance::value(const TemplateNode& node, const Batch& batch, std::uint32_t row) {
    switch (node.kind) {
        case TemplateNode::Kind::constant:
            return context_.computed().intern(node.term.view());
        case TemplateNode::Kind::column:
            return batch.column(node.index)[row];
        case TemplateNode::Kind::blank_node:
            return blank_nodes_[node.index];
        case TemplateNode::Kind::absent:
            return storage::unbound;
        case TemplateNode::Kind::triple:
            break;
    }
    std::array<TermId, 3> ids;
    for (std::size_t i = 0; i < 3; ++i) {
        ids[i] = value(node.parts[i], batch, row);
        if (!ids[i].bound()) return storage::unbound;
    }
    const TermKind subject = kind_of(ids[0], context_);
    if (subject != TermKind::iri && subject != TermKind::blank_node) return storage::unbound;
    if (kind_of(ids[1], context_) != TermKind::iri) return storage::unbound;
    return context_.computed().intern(
        Term::triple(context_.term(ids[0]), context_.term(ids[1]), context_.term(ids[2])).view());
}

void TemplateInstance::make(const Batch& batch, std::uint32_t row, std::vector<Quad>& out) {
    blank_nodes_.resize(template_.blank_nodes());
    for (TermId& id : blank_nodes_) id = context_.computed().fresh_blank_node();
    for (const TemplateTriple& triple : template_.triples()) {
        Quad quad;
        quad.subject = value(triple.subject, batch, row);
        quad.predicate = value(triple.predicate, batch, row);
        quad.object = value(triple.object, batch, row);
        quad.graph =
            triple.in_default_graph ? storage::default_graph : value(triple.graph, batch, row);
        if (!quad.subject.bound() || !quad.predicate.bound() || !quad.object.bound() ||
            !quad.graph.bound())
            continue;
        const TermKind subject = kind_of(quad.subject, context_);
        if (subject != TermKind::iri && subject != TermKind::blank_node) continue;
        if (kind_of(quad.predicate, context_) != TermKind::iri) continue;
        if (!triple.in_default_graph && kind_of(quad.graph, context_) != TermKind::iri) continue;
        out.push_back(quad);
    }
}

PlanPtr make_construct(PlanPtr input, std::shared_ptr<const Template> source, Variable subject,
                       Variable predicate, Variable object) {
    PlanPtr statements = std::make_shared<const ConstructNode>(
        std::move(input), std::move(source), std::vector<Variable>{subject, predicate, object});
    return make_distinct(std::move(statements), false);
}

}  // namespace dossier::engine
