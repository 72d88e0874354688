#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace dossier::oracle {

// What a campaign of random queries did. The same seed does the same on every machine.
struct CampaignReport {
    std::uint64_t queries = 0;    // compared
    std::uint64_t non_empty = 0;  // of them with an answer
    std::uint64_t skipped = 0;    // too large for the reference, or left open by the specification
    std::uint64_t runs = 0;       // executions of the engine
    std::uint64_t stopped = 0;    // of them at a memory limit
    std::uint64_t differences = 0;
    std::map<std::string, std::uint64_t> by_shape;
    std::set<std::string> operators;
    std::set<std::pair<std::string, std::string>> pairs;  // outer, inner

    // The operators and pairs that can occur and did not.
    std::set<std::string> missing_pairs() const;
};

struct CampaignOptions {
    std::uint64_t queries = 20'000;
    std::uint64_t seed = 1;
    std::uint64_t first = 0;   // the number of the first query
    std::size_t variants = 2;  // besides the plain run, of each query, in turn
    std::size_t max_differences = 10;
    std::function<void(const std::string&)> print;  // differences, whole
    // Where not empty: a folder for each query, its data and the reference's answer, which other
    // programs can be asked about (N.rq, N.nq, N.cols, N.rows).
    std::string folder;
};

// Random queries over random data: the engine in its variants against the reference evaluator.
CampaignReport run_campaign(const CampaignOptions& options);

// The same for relations that hold between queries, without a reference (relations.cpp).
CampaignReport run_relations(const CampaignOptions& options);

// Random sequences of updates against their definition (updates.cpp): each request leaves the
// statements it should.
CampaignReport run_updates(const CampaignOptions& options);

}  // namespace dossier::oracle
