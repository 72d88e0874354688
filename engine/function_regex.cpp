#include "engine/function_regex.h"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/function_strings.h"
#include "engine/regex_matcher.h"

namespace dossier::engine {

namespace {

class RegexNode final : public FunctionNode {
  public:
    RegexNode(ExpressionOperator op, std::vector<FunctionNodePtr> arguments)
        : replaces_(op == ExpressionOperator::replace), arguments_(std::move(arguments)) {}

    void evaluate(FunctionScope& scope, const Batch& batch, Rows rows, Cell* out) override {
        std::vector<std::vector<Cell>> columns(arguments_.size());
        for (std::size_t i = 0; i < arguments_.size(); ++i) {
            columns[i].resize(rows.size());
            arguments_[i]->evaluate(scope, batch, rows, columns[i].data());
            scope.decode(columns[i]);
        }
        std::vector<const TermView*> terms(arguments_.size());
        for (std::size_t row = 0; row < rows.size(); ++row) {
            bool bound = true;
            for (std::size_t i = 0; i < terms.size(); ++i) {
                terms[i] = scope.term(columns[i][row]);
                bound = bound && terms[i] != nullptr;
            }
            out[row] = bound ? call(scope, terms) : Cell{};
        }
    }

  private:
    Cell call(FunctionScope& scope, const std::vector<const TermView*>& terms) {
        const TermView& text = *terms[0];
        if (!is_string_literal(text)) return {};
        for (std::size_t i = 1; i < terms.size(); ++i)
            if (!is_plain_string(*terms[i])) return {};
        const std::size_t flags_place = replaces_ ? 3 : 2;
        const std::string_view flags =
            terms.size() > flags_place ? terms[flags_place]->text() : std::string_view();
        RegexMatcher* matcher = find(scope, terms[1]->text(), flags);
        if (matcher == nullptr) return {};
        if (!replaces_) {
            scope.worked(matcher->work(text.text().size()));
            const bool matches = matcher->matches(text.text());
            return Cell::boolean(matches);
        }
        const auto replaced = matcher->replace(
            text.text(), terms[2]->text(), [&](std::size_t bytes) { scope.expect_room(bytes); },
            [&](std::size_t bytes) { scope.worked(bytes); });
        if (!replaced) return {};
        return scope.borrow_string_like(scope.memory().copy(*replaced), text);
    }

    RegexMatcher* find(FunctionScope& scope, std::string_view pattern, std::string_view flags) {
        if (last_ != nullptr && pattern == last_pattern_ && flags == last_flags_)
            return last_->get();
        constexpr std::size_t most = 64;
        if (compiled_.size() >= most) compiled_.clear();
        last_pattern_ = pattern;
        last_flags_ = flags;
        const auto [place, is_new] = compiled_.try_emplace(last_flags_ + '\0' + last_pattern_);
        if (is_new) {
            place->second = RegexMatcher::compile(pattern, flags);
            if (place->second)
                place->second->ask_with([&scope] { scope.worked(FunctionScope::most_work); });
        }
        last_ = &place->second;
        return last_->get();
    }

    bool replaces_;
    std::vector<FunctionNodePtr> arguments_;
    std::unordered_map<std::string, std::unique_ptr<RegexMatcher>> compiled_;
    std::string last_pattern_, last_flags_;
    const std::unique_ptr<RegexMatcher>* last_ = nullptr;  // into compiled_, which keeps addresses
};

}  // namespace

FunctionNodePtr make_regex(FunctionScope&, ExpressionOperator op,
                           std::vector<FunctionNodePtr> arguments) {
    return std::make_unique<RegexNode>(op, std::move(arguments));
}

}  // namespace dossier::engine
