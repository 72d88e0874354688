#include <dossier/dossier.h>
#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace dossier;

namespace {

std::string node(int number) {
    return "<urn:n" + std::to_string(number) + ">";
}

// Edges of a random graph, and what they lead to by definition.
struct Edges {
    std::map<int, std::set<int>> out;
    std::string text(const char* predicate) const {
        std::string result;
        for (const auto& [from, targets] : out)
            for (const int to : targets)
                result += node(from) + " <urn:" + predicate + "> " + node(to) + " .\n";
        return result;
    }
    void add(int from, int to) { out[from].insert(to); }
    Edges reversed() const {
        Edges result;
        for (const auto& [from, targets] : out)
            for (const int to : targets) result.add(to, from);
        return result;
    }
    std::set<int> reached(int start, bool reflexive) const {
        std::set<int> seen;
        std::vector<int> waiting{start};
        if (reflexive) seen.insert(start);
        while (!waiting.empty()) {
            const auto found = out.find(waiting.back());
            waiting.pop_back();
            if (found == out.end()) continue;
            for (const int to : found->second)
                if (seen.insert(to).second) waiting.push_back(to);
        }
        return seen;
    }
};

Edges random_edges(std::mt19937& random, int nodes, int edges) {
    Edges result;
    for (int i = 0; i < edges; ++i)
        result.add(static_cast<int>(random() % static_cast<unsigned>(nodes)),
                   static_cast<int>(random() % static_cast<unsigned>(nodes)));
    return result;
}

std::set<std::string> pairs(Rows rows) {
    std::set<std::string> result;
    for (const Row& row : rows)
        REQUIRE(result.insert(Term(row[0]).to_string() + " " + Term(row[1]).to_string()).second);
    return result;
}

std::set<std::string> wanted_pairs(const Edges& edges, const std::vector<int>& starts,
                                   bool reflexive) {
    std::set<std::string> result;
    for (const int start : starts)
        for (const int to : edges.reached(start, reflexive))
            result.insert(node(start) + " " + node(to));
    return result;
}

// The lines of a plan from the top on, without what comes behind the operator's name.
bool stands_above(const std::string& plan, const std::string& upper, const std::string& lower) {
    const std::size_t a = plan.find(upper), b = plan.find(lower);
    return a != std::string::npos && b != std::string::npos && a < b;
}

}  // namespace

TEST_CASE("paths from many known starts lead where they lead one by one", "[planning][path]") {
    std::mt19937 random(7);
    for (const auto& [nodes, edge_count, start_count] :
         {std::tuple(40, 50, 3), std::tuple(300, 280, 100), std::tuple(3000, 2000, 900),
          // Most edges are reached: all of them are read at once.
          std::tuple(9000, 24000, 300)}) {
        const Edges edges = random_edges(random, nodes, edge_count);
        std::vector<int> starts;
        std::string text = edges.text("to");
        for (int i = 0; i < start_count; ++i) {
            starts.push_back(i * (nodes / start_count));
            text += node(starts.back()) + " <urn:start> true .\n";
        }
        // Ends that are far more than starts, so that the starts come first.
        for (int i = 0; i < nodes; ++i) text += node(i) + " <urn:kind> <urn:end> .\n";
        Store store = Store::in_memory();
        store.load_text(text, DataFormat::turtle);
        INFO(nodes << " nodes, " << edge_count << " edges, " << start_count << " starts");
        const Edges back = edges.reversed();
        const bool large = nodes > 5000;
        const std::string from = "SELECT ?a ?b { ?a <urn:start> true . ?a ";
        const auto ask = [&](const std::string& path) {
            return pairs(store.query(from + path + " ?b }"));
        };
        CHECK((large || ask("<urn:to>+") == wanted_pairs(edges, starts, false)));
        if (large) {
            std::uint64_t wanted = 0;
            for (const int start : {starts[0], starts[1]})
                wanted += edges.reached(start, false).size();
            std::uint64_t found = 0;
            for (const int start : {starts[0], starts[1]})
                found += pairs(store.query("SELECT ?a ?b { VALUES ?a { " + node(start) +
                                           " } ?a <urn:start> true . ?a <urn:to>+ ?b }"))
                             .size();
            CHECK(found == wanted);
            std::uint64_t all = 0;
            for (const int start : starts) all += edges.reached(start, false).size();
            Rows count = store.query(
                "SELECT (COUNT(*) AS ?n) { ?a <urn:start> true . "
                "?a <urn:to>+ ?b }");
            REQUIRE(count.next());
            CHECK(count.row().get<std::uint64_t>(0) == all);
            continue;
        }
        CHECK(ask("<urn:to>*") == wanted_pairs(edges, starts, true));
        CHECK(ask("^<urn:to>+") == wanted_pairs(back, starts, false));
        CHECK(ask("(^<urn:to>)*") == wanted_pairs(back, starts, true));
        CHECK(ask("(<urn:to>|<urn:absent>)+") == wanted_pairs(edges, starts, false));
        CHECK(ask("(!(<urn:start>|<urn:kind>))+") == wanted_pairs(edges, starts, false));
        // The known end is the object.
        std::set<std::string> wanted;
        for (const int start : starts)
            for (const int before : back.reached(start, false))
                wanted.insert(node(before) + " " + node(start));
        CHECK(pairs(store.query("SELECT ?b ?a { ?a <urn:start> true . ?b <urn:to>+ ?a }")) ==
              wanted);
        // Both are known.
        wanted.clear();
        for (const int start : starts)
            for (const int to : edges.reached(start, false))
                if (to % (nodes / start_count) == 0 && to / (nodes / start_count) < start_count)
                    wanted.insert(node(start) + " " + node(to));
        CHECK(pairs(store.query("SELECT ?a ?b { ?a <urn:start> true . ?b <urn:start> true . "
                                "?a <urn:to>+ ?b }")) == wanted);
        Rows first = store.query(from + "<urn:to>+ ?b } LIMIT 1");
        CHECK(first.next() == !wanted_pairs(edges, starts, false).empty());
    }
}

TEST_CASE("a path comes behind the selective pattern and starts from its end", "[planning][path]") {
    std::string text;
    for (int i = 0; i < 5000; ++i) {
        text += node(i) + " <urn:cites> " + node(i / 2) + " , " + node(i / 3) + " .\n";
        text += node(i) + " <urn:kind> <urn:report> .\n";
    }
    text += node(4321) + " <urn:rare> 1 .\n";
    Store store = Store::in_memory();
    store.load_text(text, DataFormat::turtle);
    const std::string plan =
        store
            .prepare(
                "SELECT * { ?b <urn:kind> <urn:report> . ?a <urn:cites>+ ?b . ?a <urn:rare> 1 }")
            .explain();
    INFO(plan);
    CHECK(stands_above(plan, "Path:", "<urn:rare>"));
    CHECK(stands_above(plan, "<urn:kind>", "Path:"));
    // Towards the rare end as well.
    const std::string backward =
        store.prepare("SELECT * { ?a <urn:cites>+ ?b . ?b <urn:rare> 1 . ?a <urn:kind> ?k }")
            .explain();
    INFO(backward);
    CHECK(stands_above(backward, "Path:", "<urn:rare>"));
    CHECK(stands_above(backward, "<urn:kind>", "Path:"));
}

TEST_CASE("a predicate without statements in the default graph ends a query at once",
          "[planning]") {
    std::string text;
    for (int i = 0; i < 30000; ++i) {
        text += "GRAPH <urn:g" + std::to_string(i % 40) + "> { " + node(i) + " <urn:named> " +
                node(i + 1) + " }\n";
        text += node(i) + " <urn:plain> " + node(i + 1) + " .\n";
    }
    Store store = Store::in_memory();
    store.load_text(text, DataFormat::trig);
    const std::string plan =
        store.prepare("SELECT * { ?a <urn:plain> ?b . ?b <urn:named> ?c }").explain();
    INFO(plan);
    CHECK(plan.find("nothing matches") != std::string::npos);
    const auto count = [&](const std::string& pattern) {
        Rows rows = store.query("SELECT (COUNT(*) AS ?n) {" + pattern + "}");
        REQUIRE(rows.next());
        return rows.row().get<std::uint64_t>(0);
    };
    CHECK(count("?a <urn:plain> ?b . ?b <urn:named> ?c") == 0);
    CHECK(count("?a <urn:named> ?b") == 0);
    CHECK(count("?a ?p ?b") == 30000);
    CHECK(count("GRAPH ?g { ?a ?p ?b }") == 30000);
    CHECK(count("GRAPH <urn:g7> { ?a ?p ?b }") == 750);
    store.update("INSERT DATA { <urn:x> <urn:named> <urn:y> } ; DELETE DATA { " + node(3) +
                 " <urn:plain> " + node(4) + " }");
    CHECK(count("?a <urn:named> ?b") == 1);
    CHECK(count("?a <urn:plain> ?b") == 29999);
    CHECK(count("?a ?p ?b") == 30000);
}

TEST_CASE("counting joins multiply runs wherever buffers end", "[planning]") {
    std::mt19937 random(3);
    for (const unsigned spread : {1U, 2U, 40U}) {
        std::string text;
        std::map<int, std::pair<std::uint64_t, std::uint64_t>> rows;
        for (int i = 0; i < 6000; ++i) {
            const auto left = static_cast<unsigned>(random() % (spread + 1));
            const auto right = static_cast<unsigned>(random() % (spread + 1));
            const unsigned a = spread == 1 ? std::min(left + right, 1U) : left;
            const unsigned b = spread == 1 ? 1 : right;
            rows[i] = {a, b};
            for (unsigned k = 0; k < a; ++k)
                text += node(i) + " <urn:l> " + std::to_string(k) + " .\n";
            for (unsigned k = 0; k < b; ++k)
                text += node(i) + " <urn:r> " + std::to_string(k) + " .\n";
        }
        Store store = Store::in_memory();
        store.load_text(text, DataFormat::turtle);
        std::uint64_t solutions = 0, values = 0;
        for (const auto& [i, counts] : rows) {
            solutions += counts.first * counts.second;
            values += counts.first * counts.second > 0 ? 1 : 0;
        }
        Rows found = store.query(
            "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) { ?s <urn:l> ?a ; <urn:r> ?b }");
        REQUIRE(found.next());
        CHECK(found.row().get<std::uint64_t>(0) == solutions);
        CHECK(found.row().get<std::uint64_t>(1) == values);
    }
}

TEST_CASE("parts of triple terms come back in any order", "[planning]") {
    std::string text;
    constexpr int claims = 5000;
    for (int i = 0; i < claims; ++i)
        text += "<urn:c" + std::to_string(i * 7919 % claims) + "> <urn:reifies> <<( " + node(i) +
                " <urn:p" + std::to_string(i % 3) + "> " + std::to_string(i) + " )>> .\n";
    Store store = Store::in_memory();
    store.load_text("VERSION \"1.2\"\n" + text, DataFormat::turtle);
    store.update("INSERT DATA { <urn:new> <urn:reifies> <<( <urn:n1> <urn:p1> 5 )>> }");
    Rows rows = store.query("SELECT (SUM(OBJECT(?t)) AS ?n) { ?c <urn:reifies> ?t }");
    REQUIRE(rows.next());
    CHECK(rows.row().get<std::uint64_t>(0) == claims * (claims - 1) / 2 + 5);
    Rows inside = store.query(
        "SELECT (SUM(?o) AS ?n) (COUNT(DISTINCT ?s) AS ?m) { ?c <urn:reifies> <<( ?s <urn:p1> ?o "
        ")>> }");
    REQUIRE(inside.next());
    std::uint64_t sum = 5;
    for (int i = 1; i < claims; i += 3) sum += static_cast<std::uint64_t>(i);
    CHECK(inside.row().get<std::uint64_t>(0) == sum);
}

TEST_CASE("an OPTIONAL in an OPTIONAL starts from the rows there are", "[planning]") {
    std::string text;
    for (int i = 0; i < 20000; ++i) {
        text += node(i) + " <urn:owner> " + node(i / 2) + " .\n";
        if (i % 3 != 0) text += node(i) + " <urn:label> \"" + std::to_string(i) + "\" .\n";
    }
    for (int i = 0; i < 5; ++i) text += node(i * 4000) + " <urn:seat> <urn:here> .\n";
    text += "<urn:nobody> <urn:seat> <urn:here> .\n";
    Store store = Store::in_memory();
    store.load_text(text, DataFormat::turtle);
    Query query = store.prepare(
        "SELECT ?a ?l { ?a <urn:seat> <urn:here> OPTIONAL { ?a <urn:owner> ?o "
        "OPTIONAL { ?o <urn:label> ?l } } } ORDER BY ?a");
    INFO(query.explain());
    CHECK(query.explain().find("HashJoin") == std::string::npos);
    std::set<std::string> found;
    for (const Row& row : query.rows())
        found.insert(Term(row[0]).to_string() + " " +
                     (row.bound(1) ? Term(row[1]).to_string() : "-"));
    const std::set<std::string> wanted = {
        "<urn:n0> -",     "<urn:n4000> \"2000\"",  "<urn:n8000> \"4000\"",
        "<urn:n12000> -", "<urn:n16000> \"8000\"", "<urn:nobody> -"};
    CHECK(found == wanted);
}

TEST_CASE("rows for GROUP BY come in the order of its keys where an index has it", "[planning]") {
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += node(i) + " <urn:kind> " + node(i % 7) + " , " + node(i % 5) + " .\n";
    Store store = Store::in_memory();
    store.load_text(text, DataFormat::turtle);
    Query query = store.prepare(
        "SELECT ?k (COUNT(DISTINCT ?a) AS ?n) { ?a <urn:kind> ?k } GROUP BY ?k "
        "HAVING(COUNT(DISTINCT ?a) > 500) ORDER BY DESC(COUNT(DISTINCT ?a))");
    const std::string plan = query.explain();
    INFO(plan);
    CHECK(plan.find("Group: sorted by ?k") != std::string::npos);
    // The aggregate that stands three times is computed once.
    CHECK(plan.find("COUNT(DISTINCT ?a), COUNT") == std::string::npos);
    std::size_t groups = 0;
    for (const Row& row : query.rows()) {
        std::set<int> members;
        const std::string kind = Term(row[0]).to_string();
        for (int i = 0; i < 3000; ++i)
            if (node(i % 7) == kind || node(i % 5) == kind) members.insert(i);
        CHECK(row.get<std::uint64_t>(1) == members.size());
        ++groups;
    }
    CHECK(groups == 5);
}

TEST_CASE("aggregates that differ in one word are computed apart", "[planning]") {
    Store store = Store::in_memory();
    store.load_text("<urn:a> <urn:p> 1, 2, 2.0 . <urn:b> <urn:p> 1 .", DataFormat::turtle);
    Rows rows = store.query(
        "SELECT (COUNT(?v) AS ?a) (COUNT(DISTINCT ?v) AS ?b) (COUNT(DISTINCT ?s) AS ?c) "
        "(SUM(?v) AS ?d) (SUM(DISTINCT ?v + 0.0) AS ?e) (GROUP_CONCAT(STR(?v)) AS ?f) "
        "(GROUP_CONCAT(STR(?v); SEPARATOR = '') AS ?g) (COUNT(*) AS ?h) (COUNT(DISTINCT *) AS ?i) "
        "{ ?s <urn:p> ?v }");
    REQUIRE(rows.next());
    CHECK(rows.row().get<std::uint64_t>(0) == 4);
    CHECK(rows.row().get<std::uint64_t>(1) == 3);
    CHECK(rows.row().get<std::uint64_t>(2) == 2);
    CHECK(Term(rows.row()[3]).text() == "6");
    CHECK(Term(rows.row()[4]).text() == "3");
    CHECK(Term(rows.row()[5]).text().size() == Term(rows.row()[6]).text().size() + 3);
    CHECK(rows.row().get<std::uint64_t>(7) == 4);
    CHECK(rows.row().get<std::uint64_t>(8) == 4);
}

TEST_CASE("what may choose other rows each time is not copied into the branches of a union",
          "[planning]") {
    Store store = Store::in_memory();
    std::string text;
    for (int i = 0; i < 50; ++i)
        text += node(i) + " <urn:q> " + node(49 - i) + " ; <urn:p> " + std::to_string(i) + " .\n";
    store.load_text(text, DataFormat::turtle);
    const auto plan_beside = [&](const std::string& select) {
        return store
            .prepare("SELECT * { { { ?x <urn:p> ?a } UNION { ?y <urn:p> ?b } } { " + select +
                     " } }")
            .explain();
    };
    const auto count = [](const std::string& plan, const std::string& what) {
        std::size_t found = 0;
        for (std::size_t at = 0; (at = plan.find(what, at)) != std::string::npos; ++at) ++found;
        return found;
    };
    CHECK(count(plan_beside("SELECT ?x ?y { ?x <urn:q> ?y }"), "?x <urn:q> ?y") == 2);
    CHECK(count(plan_beside("SELECT ?x ?y { ?x <urn:q> ?y } LIMIT 25"), "?x <urn:q> ?y") == 1);
    CHECK(count(plan_beside("SELECT ?x (SAMPLE(?z) AS ?y) { ?x <urn:q> ?z } GROUP BY ?x"),
                "?x <urn:q> ?z") == 1);
    CHECK(pairs(store.query("SELECT DISTINCT ?x ?y { { { ?x <urn:p> ?a } UNION { ?y <urn:p> ?b } } "
                            "{ SELECT ?x ?y { ?x <urn:q> ?y } LIMIT 25 } }"))
              .size() == 25);
}
