#include "engine/function_random.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "rdf/vocabulary.h"

namespace dossier::engine {

namespace {

// RFC 4122 version 4, in lower case.
using UuidText = std::array<char, 36>;
UuidText random_uuid(ExecutionContext& context) {
    std::uint64_t high = context.random_bits();
    std::uint64_t low = context.random_bits();
    high = (high & 0xFFFF'FFFF'FFFF'0FFFu) | 0x4000u;
    low = (low & 0x3FFF'FFFF'FFFF'FFFFu) | 0x8000'0000'0000'0000u;
    constexpr std::string_view digits = "0123456789abcdef";
    UuidText text{};
    std::size_t place = 0;
    for (int i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) text[place++] = '-';
        const std::uint64_t half = i < 16 ? high : low;
        text[place++] = digits[(half >> (4 * (15 - i % 16))) & 15];
    }
    return text;
}

class RandomNode final : public FunctionNode {
  public:
    explicit RandomNode(ExpressionOperator op) : op_(op) {}

    void evaluate(FunctionScope& scope, const Batch&, Rows rows, Cell* out) override {
        ExecutionContext* context = scope.context();
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (context == nullptr) {
                out[i] = {};
            } else if (op_ == ExpressionOperator::rand) {
                out[i] =
                    Cell::of_double(static_cast<double>(context->random_bits() >> 11) * 0x1.0p-53);
            } else {
                const UuidText uuid = random_uuid(*context);
                std::string text(uuid.data(), uuid.size());
                out[i] = op_ == ExpressionOperator::struuid
                             ? scope.make_string(text)
                             : scope.make_term(TermView::iri("urn:uuid:" + text));
            }
        }
    }

  private:
    ExpressionOperator op_;
};

class BlankNodeNode final : public FunctionNode {
  public:
    BlankNodeNode(FunctionNodePtr label, BlankNodeScope* nodes)
        : label_(std::move(label)), nodes_(nodes) {}

    void evaluate(FunctionScope& scope, const Batch& batch, Rows rows, Cell* out) override {
        ExecutionContext* context = scope.context();
        if (label_) label_->evaluate(scope, batch, rows, out);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (context == nullptr) {
                out[i] = {};
            } else if (!label_) {
                out[i] = Cell::of(context->computed().fresh_blank_node());
            } else if (const TermView* label = scope.term(out[i])) {
                const bool is_string = label->is_literal() && label->datatype() == xsd::string;
                out[i] = is_string ? Cell::of(nodes_->node(*context, scope.batch_number(), rows[i],
                                                           label->text()))
                                   : Cell{};
            }
        }
    }

  private:
    FunctionNodePtr label_;
    BlankNodeScope* nodes_;
};

}  // namespace

FunctionNodePtr make_random(ExpressionOperator op) {
    return std::make_unique<RandomNode>(op);
}

FunctionNodePtr make_blank_node(FunctionNodePtr label, BlankNodeScope* scope) {
    return std::make_unique<BlankNodeNode>(std::move(label), scope);
}

}  // namespace dossier::engine
