#include "engine/path_edges.h"

#include <algorithm>

namespace dossier::engine {

using Kind = PropertyPath::Kind;
using storage::Permutation;

namespace {

constexpr std::size_t chunk_rows = 4096;

class EdgeLookUp {
  public:
    EdgeLookUp(ExecutionContext& context, const std::vector<TermId>& from,
               const std::function<void(const EdgeBatch&)>& take)
        : context_(context), from_(from), take_(take), numbers_(chunk_rows), to_(chunk_rows) {}

    // `excluded`: predicates of edges that are left out; the request names no predicate then.
    void run(const storage::ScanRequest& request, const std::vector<TermId>* excluded) {
        const auto cursor = context_.snapshot().scan(request);
        if (excluded != nullptr) predicates_.resize(chunk_rows);
        TermId* const columns[4] = {nullptr, excluded == nullptr ? nullptr : predicates_.data(),
                                    to_.data(), nullptr};
        std::size_t key = 0;
        while (key < from_.size()) {
            context_.check();
            std::size_t rows = cursor->lookup(from_, key, numbers_.data(), columns, chunk_rows);
            if (excluded != nullptr) rows = without(*excluded, rows);
            take_({{numbers_.data(), rows}, {to_.data(), rows}});
        }
    }

  private:
    std::size_t without(const std::vector<TermId>& excluded, std::size_t rows) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < rows; ++i) {
            if (std::binary_search(excluded.begin(), excluded.end(), predicates_[i])) continue;
            numbers_[kept] = numbers_[i];
            to_[kept++] = to_[i];
        }
        return kept;
    }

    ExecutionContext& context_;
    const std::vector<TermId>& from_;
    const std::function<void(const EdgeBatch&)>& take_;
    std::vector<std::uint32_t> numbers_;
    std::vector<TermId> to_, predicates_;
};

}  // namespace

bool is_one_step(const PropertyPathIds& path) {
    switch (path.kind) {
        case Kind::link:
        case Kind::negated:
            return true;
        case Kind::inverse:
        case Kind::alternative:
            return std::all_of(path.parts.begin(), path.parts.end(), is_one_step);
        default:
            return false;
    }
}

void look_up_edges(ExecutionContext& context, const storage::GraphSelection& graphs,
                   const PropertyPathIds& step, bool forward, const std::vector<TermId>& from,
                   const std::function<void(const EdgeBatch&)>& take) {
    if (from.empty()) return;
    EdgeLookUp look_up(context, from, take);
    storage::ScanRequest request;
    request.graphs = graphs;
    if (step.kind == Kind::link) {
        if (!step.predicate.bound()) return;
        request.permutation = forward ? Permutation::pso : Permutation::pos;
        request.prefix[0] = step.predicate;
        request.prefix_length = 1;
        look_up.run(request, nullptr);
        return;
    }
    // Predicates that are not listed: the statements of a node, each looked at. The backward set
    // runs against the direction.
    if (step.has_forward) {
        request.permutation = forward ? Permutation::spo : Permutation::ops;
        look_up.run(request, &step.forward);
    }
    if (step.has_backward) {
        request.permutation = forward ? Permutation::ops : Permutation::spo;
        look_up.run(request, &step.backward);
    }
}

}  // namespace dossier::engine
