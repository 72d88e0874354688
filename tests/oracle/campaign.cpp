#include "tests/oracle/campaign.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <optional>

#include "tests/oracle/comparison.h"
#include "tests/oracle/random_queries.h"
#include "tests/oracle/reference_evaluator.h"

namespace dossier::oracle {

namespace {

// Queries over one set of data.
constexpr std::uint64_t queries_a_dataset = 25;

const std::array<const char*, 15> inner_operators = {
    "triples", "path",  "values",  "join",    "optional", "union", "minus", "filter",
    "bind",    "graph", "lateral", "project", "distinct", "group", "slice"};
const std::array<const char*, 13> outer_operators = {
    "join",    "optional", "union",    "minus", "filter", "bind",  "graph",
    "lateral", "project",  "distinct", "group", "slice",  "exists"};

void note(const Expression& expression, CampaignReport& report);

void note(const Node& node, CampaignReport& report) {
    const std::string name = name_of(node);
    report.operators.insert(name);
    for (const Node& child : node.children) {
        report.pairs.emplace(name, name_of(child));
        note(child, report);
    }
    for (const Expression& condition : node.conditions) note(condition, report);
}

void note(const Expression& expression, CampaignReport& report) {
    for (const Expression& argument : expression.arguments) note(argument, report);
    for (const Node& pattern : expression.pattern) {
        report.operators.insert("exists");
        report.pairs.emplace("exists", name_of(pattern));
        note(pattern, report);
    }
}

// One dataset in twenty is empty, the other shapes take turns.
Shape shape_of(std::uint64_t dataset) {
    if (dataset % 20 == 0) return Shape::empty;
    return static_cast<Shape>(1 + dataset % (shapes - 1));
}

// The ways of making a store take turns with every round of the shapes; the disk's comes less
// often.
Making making_of(std::uint64_t dataset) {
    const std::uint64_t round = dataset / (shapes - 1) + dataset;
    const Making making = all_makings[round % all_makings.size()];
    return making == Making::reopened && round % 4 == 0 ? Making::changed : making;
}

bool has_answer(const Query& query, const Expected& expected) {
    if (query.form == Query::Form::ask) return expected.rows[0][0] == "true";
    return !expected.rows.empty();
}

void write(const std::string& folder, std::uint64_t number, const Query& query,
           const Expected& expected, const std::vector<Quad>& quads) {
    const std::string name = folder + "/" + std::to_string(number);
    std::ofstream(name + ".rq") << to_text(query) << "\n";
    std::ofstream(name + ".nq") << to_text(quads);
    std::ofstream columns(name + ".cols");
    for (const std::string& column : expected.columns) columns << column << "\n";
    std::ofstream rows(name + ".rows");
    for (const TextRow& row : expected.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) rows << (i > 0 ? " | " : "") << row[i];
        rows << "\n";
    }
}

std::uint64_t mixed(std::uint64_t seed, std::uint64_t number) {
    return Chance(seed * 1'000'003 + number).next();
}

}  // namespace

std::set<std::string> CampaignReport::missing_pairs() const {
    std::set<std::string> out;
    for (const char* outer : outer_operators)
        for (const char* inner : inner_operators)
            if (!pairs.contains({outer, inner})) out.insert(std::string(outer) + ">" + inner);
    return out;
}

CampaignReport run_campaign(const CampaignOptions& options) {
    CampaignReport report;
    std::unique_ptr<EngineStore> store;
    Dataset data;
    std::uint64_t store_number = UINT64_MAX;
    for (std::uint64_t number = options.first; report.queries < options.queries; ++number) {
        const std::uint64_t dataset = number / queries_a_dataset;
        const Shape shape = shape_of(dataset);
        const Making making = making_of(dataset);
        if (dataset != store_number) {
            Chance chance(mixed(options.seed, ~dataset));
            store = std::make_unique<EngineStore>(random_data(shape, chance), making);
            data = dataset_of(store->quads());
            store_number = dataset;
        }
        Chance chance(mixed(options.seed, number));
        const Query query = RandomQueries(store->quads(), chance).query();
        Expected expected;
        try {
            expected = expected_answer(query, data);
        } catch (const LeftOpen&) {
            ++report.skipped;
            continue;
        } catch (const TooLarge&) {
            ++report.skipped;
            continue;
        }
        // Empty answers tell less: some of them are passed over.
        if (!has_answer(query, expected) && shape != Shape::empty && chance.of(0.35)) continue;
        if (!options.folder.empty()) write(options.folder, number, query, expected, store->quads());
        // The plain run, and others in turn.
        std::vector<Variant> chosen = {variants()[0]};
        for (std::size_t i = 0; i < options.variants; ++i)
            chosen.push_back(
                variants()[1 + (number * options.variants + i) % (variants().size() - 1)]);
        const Comparison comparison = compare(query, expected, data, *store, chosen);
        ++report.queries;
        ++report.by_shape[name_of(shape)];
        report.runs += comparison.runs;
        report.stopped += comparison.stopped;
        if (has_answer(query, expected)) ++report.non_empty;
        note(query.select, report);
        if (!comparison.difference) continue;
        ++report.differences;
        const auto variant = std::find_if(chosen.begin(), chosen.end(), [&](const Variant& one) {
            return one.name == comparison.difference->variant;
        });
        const Shrunk small =
            shrink(query, store->quads(), making, *variant, *comparison.difference);
        if (options.print)
            options.print("difference: repeat with tests/oracle/run 1 " +
                          std::to_string(options.seed) + " --first " + std::to_string(number) +
                          "  (" + variant->name + ")\n" + to_text(small.quads) +
                          to_text(small.query) + "\n" + small.difference.what);
        if (report.differences >= options.max_differences) break;
    }
    return report;
}

}  // namespace dossier::oracle
