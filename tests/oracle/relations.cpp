#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include <dossier/error.h>

#include "parser/sparql_parser.h"
#include "parser/sparql_writer.h"
#include "tests/oracle/campaign.h"
#include "tests/oracle/comparison.h"
#include "tests/oracle/engine_store.h"
#include "tests/oracle/random_queries.h"
#include "tests/oracle/reference_evaluator.h"
#include "tests/oracle/reference_values.h"
#include "tests/oracle/relation_subject.h"

// Relations that hold between the answers of two or more queries, whatever the answers are: ternary
// logic partitioning, a filter against its own count, a pattern against its result as VALUES, laws
// of the algebra, of the data and of the text.

namespace dossier::oracle {

namespace {

Rows together(Rows a, const Rows& b) {
    a.insert(a.end(), b.begin(), b.end());
    std::sort(a.begin(), a.end());
    return a;
}

bool has_cell(const Rows& rows, const char* part) {
    for (const TextRow& row : rows)
        for (const std::string& cell : row)
            if (cell.find(part) != std::string::npos) return true;
    return false;
}

Outcome same(const Subject& subject, const std::string& a, const std::string& b) {
    const Rows left = rows_of(subject, a);
    const Rows right = rows_of(subject, b);
    return {left == right, !left.empty(), a + "\n" + b + "\n"};
}

bool is_leaf(const Node& node) {
    return node.kind == Node::Kind::triples;
}

std::uint64_t count_of(const Subject& subject, const std::string& text) {
    const Rows rows = rows_of(subject, text);
    const std::string& cell = rows.at(0).at(0);
    return std::stoull(cell.substr(cell.front() == '"' ? 1 : 0));
}

// ---- The relations ----

Outcome partitioning(const Subject& s) {
    const std::string whole = select(s, s.p());
    const std::string base = group(s.p()) + " FILTER";
    const std::string yes = select(s, base + "(" + s.e() + ")");
    const std::string no = select(s, base + "(!(" + s.e() + "))");
    const std::string error = select(s, base + "(COALESCE(IF(" + s.e() + ", false, false), true))");
    const Rows all = rows_of(s, whole);
    return {all == together(together(rows_of(s, yes), rows_of(s, no)), rows_of(s, error)),
            !all.empty(), whole + "\n" + yes + "\n" + no + "\n" + error + "\n"};
}

Outcome filter_counted(const Subject& s) {
    const std::string filtered =
        "SELECT (COUNT(*) AS ?n) WHERE { " + group(s.p()) + " FILTER(" + s.e() + ") }";
    const std::string counted =
        "SELECT (SUM(COALESCE(IF(" + s.e() + ", 1, 0), 0)) AS ?n) WHERE " + group(s.p());
    const std::uint64_t count = count_of(s, filtered);
    return {count == count_of(s, counted), count > 0, filtered + "\n" + counted + "\n"};
}

Outcome result_as_values(const Subject& s) {
    const Rows rows = rows_of(s, select(s, s.p()));
    if (rows.size() > 40 || has_cell(rows, "_:") || s.variables().empty()) throw NotHere{};
    std::vector<std::string> names;
    for (const Variable variable : s.variables()) names.push_back(variable_text(variable));
    std::sort(names.begin(), names.end());
    std::string values = "VALUES (";
    for (const std::string& name : names) values += " " + name;
    values += " ) {";
    for (const TextRow& row : rows) {
        values += " (";
        for (const std::string& cell : row) values += " " + (cell == "-" ? "UNDEF" : cell);
        values += " )";
    }
    values += " }";
    const std::string all = "SELECT * WHERE { ";
    return same(s, all + group(s.p()) + " " + group(s.q()) + " }",
                all + values + " " + group(s.q()) + " }");
}

Outcome join_commutes(const Subject& s) {
    return same(s, "SELECT * WHERE { " + group(s.p()) + group(s.q()) + " }",
                "SELECT * WHERE { " + group(s.q()) + group(s.p()) + " }");
}

Outcome union_commutes(const Subject& s) {
    return same(s, "SELECT * WHERE { " + group(s.p()) + " UNION " + group(s.q()) + " }",
                "SELECT * WHERE { " + group(s.q()) + " UNION " + group(s.p()) + " }");
}

Outcome optional_apart(const Subject& s) {
    if (!is_leaf(s.second)) throw NotHere{};
    return same(s, "SELECT * WHERE { " + group(s.p()) + " OPTIONAL " + group(s.q()) + " }",
                "SELECT * WHERE { { " + group(s.p()) + group(s.q()) + " } UNION { " + group(s.p()) +
                    " FILTER NOT EXISTS " + group(s.q()) + " } }");
}

Outcome minus_as_not_exists(const Subject& s) {
    if (!is_leaf(s.first) || !is_leaf(s.second)) throw NotHere{};
    const std::vector<Variable> mine = s.variables();
    const std::vector<Variable> other = visible_variables(s.second);
    if (std::find_first_of(mine.begin(), mine.end(), other.begin(), other.end()) == mine.end())
        throw NotHere{};
    return same(s, select(s, group(s.p()) + " MINUS " + group(s.q())),
                select(s, group(s.p()) + " FILTER NOT EXISTS " + group(s.q())));
}

Outcome paths(const Subject& s) {
    std::vector<std::string> predicates;
    for (const Quad& quad : s.store.quads()) predicates.push_back(quad.predicate.to_string());
    if (predicates.empty()) throw NotHere{};
    const std::string p = s.chance.one_of(predicates);
    const std::string q = s.chance.one_of(predicates);
    const std::string head = "SELECT ?v0 ?v1 WHERE { ";
    const auto path = [&](const std::string& text) { return head + "?v0 " + text + " ?v1 }"; };
    switch (s.chance.below(6)) {
        case 0:
            return same(s, path(p + "/" + q), head + "?v0 " + p + " ?v2 . ?v2 " + q + " ?v1 }");
        case 1:
            return same(s, path(p + "|" + q),
                        head + "{ ?v0 " + p + " ?v1 } UNION { ?v0 " + q + " ?v1 } }");
        case 2:
            return same(s, path("^" + p), head + "?v1 " + p + " ?v0 }");
        case 3:
            return same(s, path("!" + p), head + "?v0 ?v2 ?v1 FILTER(?v2 != " + p + ") }");
        case 4:
            return same(s, path(p + "+"),
                        "SELECT DISTINCT ?v0 ?v1 WHERE { ?v0 " + p + "/" + p + "* ?v1 }");
        default:
            return same(s, path(p + "*"),
                        "SELECT DISTINCT ?v0 ?v1 WHERE { { ?v0 " + p + "? ?v1 } UNION { ?v0 " + p +
                            "+ ?v1 } }");
    }
}

Outcome existence(const Subject& s) {
    const std::string ask = "ASK " + group(s.p());
    const std::string count = "SELECT (COUNT(*) AS ?n) WHERE " + group(s.p());
    const bool any = count_of(s, count) > 0;
    const Answer answer = s.store.ask(ask, variants()[0]);
    const bool same_size = rows_of(s, select(s, s.p())).size() == count_of(s, count);
    return {(answer.rows[0][0] == "true") == any && same_size, any, ask + "\n" + count + "\n"};
}

Outcome distinct(const Subject& s) {
    const std::string once = select(s, s.p(), "DISTINCT");
    if (s.variables().empty()) throw NotHere{};
    if (s.chance.of(0.5)) return same(s, once, select(s, group(once), "DISTINCT"));
    return same(s, once, select(s, s.p()) + " GROUP BY" + s.projection());
}

Outcome pages(const Subject& s) {
    std::string order = " ORDER BY";
    for (const Variable variable : s.variables()) {
        const std::string name = variable_text(variable);
        order += " " + name + " STR(" + name + ") STR(DATATYPE(" + name + ")) LANG(" + name + ")";
    }
    if (s.variables().empty()) throw NotHere{};
    const std::string text = select(s, s.p()) + order;
    const Rows whole = rows_of(s, text);
    // Their order is open, or not told by the keys.
    if (whole.size() > 300 || has_cell(whole, "_:") || has_cell(whole, "<<(")) throw NotHere{};
    const std::size_t size = 1 + s.chance.below(1 + whole.size() / 2);
    Rows pieces;
    for (std::size_t offset = 0; offset <= whole.size(); offset += size)
        pieces = together(std::move(pieces), rows_of(s, text + " LIMIT " + std::to_string(size) +
                                                            " OFFSET " + std::to_string(offset)));
    return {pieces == whole, !whole.empty(), text + "\nin pages of " + std::to_string(size) + "\n"};
}

Outcome graphs_apart(const Subject& s) {
    const std::vector<Variable> mine = s.variables();
    if (std::find(mine.begin(), mine.end(), Variable{14}) != mine.end()) throw NotHere{};
    std::set<std::string> names;
    for (const Quad& quad : s.store.quads())
        if (!quad.graph.text().empty()) names.insert(quad.graph.to_string());
    std::string apart;
    for (const std::string& name : names)
        apart += (apart.empty() ? "" : " UNION ") +
                 group("GRAPH " + name + " " + group(s.p()) + " BIND(" + name + " AS ?v14)");
    if (names.empty()) throw NotHere{};
    return same(s, select(s, "GRAPH ?v14 " + group(s.p())), select(s, apart));
}

Outcome text_fixed_point(const Subject& s) {
    const std::string text = select(s, group(s.p()) + " FILTER(" + s.e() + ")");
    const auto first = sparql::parse_query(text, {});
    const std::string once = sparql::to_text(first.query, first.symbols);
    const auto second = sparql::parse_query(once, {});
    const std::string twice = sparql::to_text(second.query, second.symbols);
    Outcome out = same(s, text, once);
    out.holds = out.holds && once == twice;
    return out;
}

Outcome other_names(const Subject& s) {
    const std::string text = select(s, group(s.p()) + " FILTER(" + s.e() + ")");
    std::string renamed = text;
    for (std::size_t at = 0; (at = renamed.find("?v", at)) != std::string::npos; at += 2)
        renamed[at + 1] = 'w';
    return same(s, text, renamed);
}

Outcome data_in_other_order(const Subject& s) {
    std::vector<Quad> quads = s.store.quads();
    for (const Quad& quad : quads)
        if ((quad.subject.to_string() + quad.object.to_string()).find("_:") != std::string::npos)
            throw NotHere{};
    for (std::size_t i = quads.size(); i > 1; --i)
        std::swap(quads[i - 1], quads[s.chance.below(i)]);
    EngineStore shuffled(quads, random_making(s.chance));
    // What is there already, and what comes and goes, changes nothing.
    if (!quads.empty()) {
        const Quad& quad = quads.front();
        const std::string triple = quad.subject.to_string() + " " + quad.predicate.to_string() +
                                   " " + quad.object.to_string();
        const std::string data = quad.graph.text().empty()
                                     ? triple
                                     : "GRAPH " + quad.graph.to_string() + " " + group(triple);
        shuffled.update("INSERT DATA { " + data + " }");
        shuffled.update(
            "INSERT DATA { <http://other/> <http://other/> <http://other/> } ; "
            "DELETE DATA { <http://other/> <http://other/> <http://other/> }");
    }
    const std::string text = select(s, s.p());
    const Rows rows = rows_of(s, text);
    return {rows == rows_of(shuffled, variants()[0], text), !rows.empty(), text + "\n"};
}

std::set<std::string> statements_of(EngineStore& store) {
    std::set<std::string> out;
    store.read_back();
    for (const Quad& quad : store.quads()) out.insert(to_text({quad}));
    return out;
}

Outcome update_by_hand(const Subject& s) {
    if (!is_leaf(s.first)) throw NotHere{};
    const std::vector<Variable> mine = s.variables();
    if (mine.empty()) throw NotHere{};
    const std::string subject = variable_text(s.chance.one_of(mine));
    const std::string object = variable_text(s.chance.one_of(mine));
    const std::string pattern = s.p() + " FILTER(isIRI(" + subject + "))";
    const std::string rows_text = "SELECT DISTINCT " + subject +
                                  (object == subject ? "" : " " + object) + " WHERE " +
                                  group(pattern);
    Answer rows = s.store.prepare(rows_text).run(variants()[0]);
    std::string removed, added;
    for (const TextRow& row : rows.rows) {
        const auto cell = [&](const std::string& name) {
            for (std::size_t i = 0; i < row.size(); ++i)
                if ("?" + rows.columns[i] == name) return row[i];
            return std::string("-");
        };
        if (cell(object).find("_:") != std::string::npos) throw NotHere{};
        removed += cell(subject) + " <http://p/0> " + cell(object) + " . ";
        added += cell(subject) + " <http://p/1> " + cell(object) + " . ";
    }
    for (const Quad& quad : s.store.quads())
        if ((quad.subject.to_string() + quad.object.to_string()).find("_:") != std::string::npos)
            throw NotHere{};
    EngineStore one(s.store.quads(), Making::bulk);
    EngineStore other(s.store.quads(), Making::updated);
    const std::string update = "DELETE { " + subject + " <http://p/0> " + object + " } INSERT { " +
                               subject + " <http://p/1> " + object + " } WHERE " + group(pattern);
    one.update(update);
    if (!rows.rows.empty())
        other.update("DELETE DATA " + group(removed) + " ; INSERT DATA " + group(added));
    return {statements_of(one) == statements_of(other), !rows.rows.empty(), update + "\n"};
}

// The parts under COUNT and under DISTINCT.
Outcome partitioned_aggregates(const Subject& s) {
    const std::string base = group(s.p()) + " FILTER";
    const std::string parts[] = {base + "(" + s.e() + ")", base + "(!(" + s.e() + "))",
                                 base + "(COALESCE(IF(" + s.e() + ", false, false), true))"};
    const auto count = [](const std::string& pattern) {
        return "SELECT (COUNT(*) AS ?n) WHERE " + group(pattern);
    };
    const std::uint64_t all = count_of(s, count(s.p()));
    std::uint64_t sum = 0;
    std::set<TextRow> distinct;
    for (const std::string& part : parts) {
        sum += count_of(s, count(part));
        for (TextRow& row : rows_of(s, select(s, part, "DISTINCT")))
            distinct.insert(std::move(row));
    }
    const Rows whole = rows_of(s, select(s, s.p(), "DISTINCT"));
    return {all == sum && whole == Rows(distinct.begin(), distinct.end()), all > 0,
            count(s.p()) + "\n" + parts[0] + "\n"};
}

Outcome join_associates(const Subject& s) {
    const std::string p = group(s.p()), q = group(s.q());
    return same(s, "SELECT * WHERE { { " + p + q + " } " + p + " }",
                "SELECT * WHERE { " + p + " { " + q + p + " } }");
}

// A further pattern or filter adds no solution.
Outcome restriction(const Subject& s) {
    if (!is_leaf(s.first)) throw NotHere{};
    const Rows whole = rows_of(s, select(s, s.p(), "DISTINCT"));
    const std::string narrower = s.chance.of(0.5)
                                     ? select(s, group(s.p()) + group(s.q()), "DISTINCT")
                                     : select(s, s.p() + " FILTER(" + s.e() + ")", "DISTINCT");
    const Rows fewer = rows_of(s, narrower);
    return {std::includes(whole.begin(), whole.end(), fewer.begin(), fewer.end()), !fewer.empty(),
            select(s, s.p(), "DISTINCT") + "\n" + narrower + "\n"};
}

// A condition is as true as a variable that has its value.
Outcome condition_bound(const Subject& s) {
    const std::vector<Variable> mine = s.variables();
    // A pattern without variables is shown with that very one.
    if (mine.empty() || std::find(mine.begin(), mine.end(), Variable{15}) != mine.end())
        throw NotHere{};
    return same(s, select(s, group(s.p()) + " FILTER(" + s.e() + ")"),
                select(s, group(s.p()) + " BIND((" + s.e() + ") AS ?v15) FILTER(?v15)"));
}

struct Relation {
    const char* name;
    Outcome (*holds)(const Subject&);
};
constexpr Relation relations[] = {
    {"true, false, error", partitioning},
    {"true, false, error under COUNT and DISTINCT", partitioned_aggregates},
    {"true, false, error under SUM, MIN and MAX", partitioned_values},
    {"true, false, error under GROUP BY", partitioned_groups},
    {"constant by its value", constant_by_value},
    {"other IRIs and blank nodes", renamed},
    {"inserted and deleted", inserted_and_deleted},
    {"filter counted", filter_counted},
    {"condition bound", condition_bound},
    {"restriction", restriction},
    {"join associates", join_associates},
    {"result as VALUES", result_as_values},
    {"join commutes", join_commutes},
    {"union commutes", union_commutes},
    {"OPTIONAL apart", optional_apart},
    {"MINUS as NOT EXISTS", minus_as_not_exists},
    {"paths written out", paths},
    {"ASK, SELECT, COUNT", existence},
    {"DISTINCT", distinct},
    {"pages", pages},
    {"graphs apart", graphs_apart},
    {"text", text_fixed_point},
    {"other names", other_names},
    {"other order of data", data_in_other_order},
    {"update by hand", update_by_hand},
};

// Whether the definition leaves the pattern's answer open (SAMPLE, rows of equal rank at a LIMIT):
// then two runs may differ.
bool is_open(const Node& pattern, Dataset& data) {
    Query all;
    all.select.kind = Node::Kind::select;
    all.select.variables = visible_variables(pattern);
    all.select.children.push_back(pattern);
    Query in_graphs = all;
    Node graph;
    graph.kind = Node::Kind::graph;
    graph.graph = Place::of(Variable{RandomQueries::variables - 1});
    graph.children = std::move(in_graphs.select.children);
    in_graphs.select.children = {std::move(graph)};
    try {
        expected_answer(all, data);
        expected_answer(in_graphs, data);
    } catch (const LeftOpen&) {
        return true;
    } catch (const TooLarge&) {
        // Not told: the difference is shown.
    }
    return false;
}

}  // namespace

CampaignReport run_relations(const CampaignOptions& options) {
    CampaignReport report;
    std::unique_ptr<EngineStore> store;
    std::uint64_t store_number = UINT64_MAX;
    for (std::uint64_t number = options.first; report.queries < options.queries; ++number) {
        const std::uint64_t dataset = number / 25;
        const auto shape = static_cast<Shape>(dataset % 20 == 0 ? 0 : 1 + dataset % (shapes - 1));
        if (dataset != store_number) {
            Chance chance(options.seed * 7'919 + ~dataset);
            store =
                std::make_unique<EngineStore>(random_data(shape, chance), random_making(chance));
            store_number = dataset;
        }
        const Relation& relation = relations[number % std::size(relations)];
        Chance chance(options.seed * 1'000'033 + number);
        RandomQueries random(store->quads(), chance);
        Subject subject{*store, chance, random.pattern(chance.below(3)), {}, {}};
        subject.second = random.pattern_beside(chance.below(2));
        subject.condition = random.condition_for(subject.first, 2);
        std::string wrong;
        Outcome outcome;
        try {
            outcome = relation.holds(subject);
            if (!outcome.holds) {
                Dataset data = dataset_of(store->quads());
                if (is_open(subject.first, data) || is_open(subject.second, data)) throw NotHere{};
                wrong = outcome.texts;
            }
        } catch (const NotHere&) {
            ++report.skipped;
            continue;
        } catch (const LimitError&) {
            ++report.skipped;
            continue;
        } catch (const std::exception& error) {
            wrong =
                subject.p() + "\n" + subject.q() + "\n" + subject.e() + "\n" + error.what() + "\n";
        }
        ++report.queries;
        ++report.runs;
        ++report.by_shape[relation.name];
        if (outcome.non_empty) ++report.non_empty;
        if (wrong.empty()) continue;
        ++report.differences;
        if (options.print)
            options.print("difference: " + std::string(relation.name) +
                          ", repeat with tests/oracle/run 1 " + std::to_string(options.seed) +
                          " --relations --first " + std::to_string(number) + "\n" +
                          to_text(store->quads()) + wrong);
        if (report.differences >= options.max_differences) break;
    }
    return report;
}

}  // namespace dossier::oracle
