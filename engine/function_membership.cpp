#include <boost/unordered/unordered_flat_set.hpp>
#include <utility>
#include <vector>

#include "engine/function_comparison.h"
#include "storage/inline_term.h"

namespace dossier::engine {

using storage::Tag;

namespace {

bool is_resource(Tag tag) {
    return tag == Tag::iri || tag == Tag::name || tag == Tag::blank_node;
}

// Constant members known by their id are found in a set, the others are compared one by one.
class MembershipNode final : public TestNode {
  public:
    MembershipNode(FunctionScope& scope, FunctionNodePtr needle,
                   std::vector<FunctionNodePtr> members, bool negated)
        : needle_(std::move(needle)), negated_(negated) {
        for (auto& member : members) {
            const Cell* constant = member->constant();
            if (constant == nullptr || constant->kind != Cell::Kind::id ||
                !scope.is_resolved(constant->id())) {
                others_.push_back(std::move(member));
                continue;
            }
            const TermId id = constant->id();
            const Tag tag = id.tag();
            constants_.push_back(*constant);
            // NaN is no member, not even of a list with NaN: that is left to the comparison.
            if (tag != Tag::dictionary_number && tag != Tag::float_number && tag != Tag::triple &&
                tag != Tag::computed)
                ids_.insert(id.bits);
            if (storage::is_inline_integer(id)) integers_.insert(storage::integer_value(id));
            only_resources_ &= is_resource(tag);
            only_integers_ &= storage::is_inline_integer(id);
            only_resources_and_strings_ &= is_resource(tag) || tag == Tag::string;
        }
    }

    void test(FunctionScope& scope, const Batch& batch, Rows rows, Truth* out) override {
        std::vector<Cell> cells(rows.size());
        needle_->evaluate(scope, batch, rows, cells.data());
        std::vector<std::uint32_t> open;     // rows that are not decided yet
        std::vector<std::size_t> positions;  // and their place in `out`
        for (std::size_t i = 0; i < rows.size(); ++i) {
            out[i] = among_constants(scope, cells[i]);
            if (out[i] != Truth::yes && !others_.empty()) {
                open.push_back(rows[i]);
                positions.push_back(i);
            }
        }
        std::vector<Cell> others;
        for (const auto& member : others_) {
            if (open.empty()) break;
            others.assign(open.size(), Cell{});
            member->evaluate(scope, batch, open, others.data());
            std::size_t kept = 0;
            for (std::size_t i = 0; i < open.size(); ++i) {
                const std::size_t position = positions[i];
                const Truth truth =
                    compare_cells(scope, Comparison::equal, cells[position], others[i]);
                if (truth != Truth::no) out[position] = truth;
                if (truth == Truth::yes) continue;
                open[kept] = open[i];
                positions[kept++] = position;
            }
            open.resize(kept);
            positions.resize(kept);
        }
        if (negated_)
            for (std::size_t i = 0; i < rows.size(); ++i) out[i] = dossier::negate(out[i]);
    }

  private:
    Truth among_constants(FunctionScope& scope, const Cell& cell) const {
        if (constants_.empty()) return Truth::no;
        if (cell.is_error()) return Truth::error;
        const Cell plain = unpack(cell);
        if (cell.kind == Cell::Kind::id) {
            if (ids_.contains(cell.bits)) return Truth::yes;
            // Neither equals anything but itself, and comparing it with what it is not is no error.
            const Tag tag = cell.id().tag();
            if (is_resource(tag)) return Truth::no;
            if (tag == Tag::string && only_resources_and_strings_) return Truth::no;
        }
        if (plain.kind == Cell::Kind::integer) {
            if (integers_.contains(plain.number)) return Truth::yes;
            if (only_integers_ || only_resources_) return Truth::no;
        }
        Truth result = Truth::no;
        for (const Cell& member : constants_) {
            const Truth truth = compare_cells(scope, Comparison::equal, cell, member);
            if (truth == Truth::yes) return truth;
            if (truth == Truth::error) result = truth;
        }
        return result;
    }

    FunctionNodePtr needle_;
    bool negated_;
    std::vector<Cell> constants_;                       // members known by a resolved id
    boost::unordered_flat_set<std::uint64_t> ids_;      // those for which equal ids mean `=`
    boost::unordered_flat_set<std::int64_t> integers_;  // the integers among them
    bool only_resources_ = true;
    bool only_integers_ = true;
    bool only_resources_and_strings_ = true;
    std::vector<FunctionNodePtr> others_;
};

}  // namespace

FunctionNodePtr make_membership(FunctionScope& scope, FunctionNodePtr needle,
                                std::vector<FunctionNodePtr> members, bool negated) {
    return std::make_unique<MembershipNode>(scope, std::move(needle), std::move(members), negated);
}

}  // namespace dossier::engine
