#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/function_scope.h"
#include "engine/order_key.h"
#include "engine/solution_modifiers.h"
#include "rdf/value_order.h"
#include "solution_table.h"

using namespace dossier;
using namespace dossier::testing;
using engine::Aggregate;
using engine::AggregateKind;
using engine::Cell;
using engine::ExecutionContext;
using engine::PlanPtr;

namespace {

using Row = std::vector<TermId>;
using Rows = std::vector<Row>;

// Terms of all sorts that sorting, grouping and comparing must tell apart.
std::vector<Term> zoo() {
    std::vector<Term> terms;
    for (const char* text : {"1",
                             "2",
                             "-5",
                             "1.0",
                             "1.5",
                             "1.00",
                             "0.1",
                             "1e0",
                             "0.1e0",
                             "\"NaN\"^^xsd:double",
                             "\"INF\"^^xsd:double",
                             "\"-INF\"^^xsd:double",
                             "\"-0.0\"^^xsd:double",
                             "0",
                             "0.0",
                             "\"01\"^^xsd:integer",
                             "\"1\"^^xsd:byte",
                             "\"1\"^^xsd:float",
                             "\"0.1\"^^xsd:float",
                             "123456789012345678901234567890",
                             "123456789012345678901234567891",
                             "9007199254740993",
                             "9007199254740992e0",
                             "0.1000000000000000055511151231257827",
                             "\"a\"",
                             "\"b\"",
                             "\"ab\"",
                             "\"\"",
                             "\"a\"@en",
                             "\"a\"@de",
                             "\"a\"@en--ltr",
                             "\"a\"@en--rtl",
                             "\"\u00E4\"",
                             "\"\U0001F600\"",
                             ":a",
                             ":b",
                             ":ab",
                             "true",
                             "false",
                             "\"1\"^^xsd:boolean",
                             "\"2020-01-01\"^^xsd:date",
                             "\"2020-01-01Z\"^^xsd:date",
                             "\"2019-12-31T24:00:00\"^^xsd:dateTime",
                             "\"2020-01-01T00:00:00Z\"^^xsd:dateTime",
                             "\"2020-01-01T00:00:00.5Z\"^^xsd:dateTime",
                             "\"10:00:00\"^^xsd:time",
                             "\"2020\"^^xsd:gYear",
                             "\"P1Y\"^^xsd:duration",
                             "\"P12M\"^^xsd:yearMonthDuration",
                             "\"P365D\"^^xsd:dayTimeDuration",
                             "\"PT1S\"^^xsd:dayTimeDuration",
                             "\"-PT1S\"^^xsd:dayTimeDuration",
                             "\"x\"^^:odd",
                             "\"y\"^^:odd",
                             "\"abc\"^^xsd:integer",
                             "<<( :a :b 1 )>>",
                             "<<( :a :b 1.0 )>>",
                             "<<( :a :b :c )>>",
                             "-1e300",
                             "1e-300",
                             "-0.1"})
        terms.push_back(term_of(text));
    terms.push_back(Term::literal(std::string("a\0b", 3)));
    terms.push_back(Term::blank_node("b7"));
    return terms;
}

struct Fixture {
    std::shared_ptr<DictionarySnapshot> snapshot = std::make_shared<DictionarySnapshot>();
    std::vector<TermId> ids;

    Fixture() {
        for (const Term& term : zoo()) ids.push_back(snapshot->intern(term));
        for (int i = 0; i < 300; ++i)
            ids.push_back(snapshot->intern(Term::iri("http://example.org/r" + std::to_string(i))));
        ids.push_back(storage::unbound);
    }
    std::unique_ptr<ExecutionContext> context(std::size_t memory = std::size_t{1} << 30) const {
        return std::make_unique<ExecutionContext>(snapshot,
                                                  engine::ExecutionOptions{.memory_bytes = memory});
    }
    Rows random_rows(std::mt19937_64& random, std::size_t count, std::size_t width,
                     std::size_t distinct) const {
        Rows rows;
        for (std::size_t i = 0; i < count; ++i) {
            Row row;
            for (std::size_t column = 0; column < width; ++column)
                row.push_back(
                    distinct <= ids.size()
                        ? ids[random() % distinct]
                        : TermId::of(Tag::integer, (std::uint64_t{1} << 57) + random() % distinct));
            rows.push_back(std::move(row));
        }
        return rows;
    }
};

std::vector<TermId> flat(const Rows& rows) {
    std::vector<TermId> cells;
    for (const Row& row : rows) cells.insert(cells.end(), row.begin(), row.end());
    return cells;
}

PlanPtr table(const Rows& rows, std::vector<Variable> variables, std::vector<Variable> order = {}) {
    return std::make_shared<TablePlan>(std::move(variables), flat(rows), std::move(order));
}

constexpr std::size_t tiny = std::size_t{512} << 10;

}  // namespace

TEST_CASE("order keys compare as the order of terms does", "[order_key]") {
    const Fixture fixture;
    const auto context = fixture.context();
    engine::FunctionScope scope(context.get(), "");
    std::vector<Term> terms = zoo();
    std::vector<std::string> keys;
    for (const Term& term : terms) {
        std::string key;
        engine::append_order_key(key, scope, Cell::of(fixture.snapshot->intern(term)));
        keys.push_back(key);
    }
    for (std::size_t i = 0; i < terms.size(); ++i) {
        for (std::size_t j = 0; j < terms.size(); ++j) {
            const TermView a = terms[i].view();
            const TermView b = terms[j].view();
            CAPTURE(terms[i].to_string(), terms[j].to_string());
            const auto expected = order_by_compare(&a, &b);
            const int got = keys[i].compare(keys[j]);
            CHECK((expected < 0) == (got < 0));
            CHECK((expected == 0) == (got == 0));
            if (i != j && got != 0) {
                const std::size_t shorter = std::min(keys[i].size(), keys[j].size());
                CHECK(keys[i].compare(0, shorter, keys[j], 0, shorter) != 0);
            }
        }
    }
    std::string unbound;
    engine::append_order_key(unbound, scope, Cell{});
    for (const std::string& key : keys) CHECK(unbound < key);
}

TEST_CASE("DISTINCT keeps the first of each row in its place, spilling or not", "[distinct]") {
    const Fixture fixture;
    std::mt19937_64 random(1);
    for (const std::size_t memory : {std::size_t{1} << 30, tiny}) {
        for (const auto& [count, width, distinct] :
             {std::tuple{2000, 2, 20}, std::tuple{40000, 1, 30000}, std::tuple{60000, 3, 40}}) {
            const Rows rows = fixture.random_rows(random, static_cast<std::size_t>(count),
                                                  static_cast<std::size_t>(width),
                                                  static_cast<std::size_t>(distinct));
            Rows expected;
            std::set<Row> seen;
            for (const Row& row : rows)
                if (seen.insert(row).second) expected.push_back(row);
            std::vector<Variable> variables;
            for (int i = 0; i < width; ++i) variables.push_back(static_cast<Variable>(i));
            const auto context = fixture.context(memory);
            const PlanPtr plan = engine::make_distinct(table(rows, variables), false);
            const Rows got = rows_of(*plan, *context);
            if (memory == tiny && count >= 40000)
                CHECK(context->statistics(*plan).spilled_bytes > 0);
            // What was set aside comes after what was not, each in its order: the order of all.
            CHECK(got == expected);
            CHECK(context->memory().used() == 0);
        }
    }
}

TEST_CASE("DISTINCT over input that ascends by some columns", "[distinct]") {
    const Fixture fixture;
    std::mt19937_64 random(2);
    Rows rows = fixture.random_rows(random, 20000, 2, 200);
    std::sort(rows.begin(), rows.end());
    Rows expected = rows;
    expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
    const auto context = fixture.context();
    CHECK(rows_of(*engine::make_distinct(table(rows, {0, 1}, {0, 1}), false), *context) ==
          expected);
    CHECK(rows_of(*engine::make_distinct(table(rows, {0, 1}, {0}), false), *context) == expected);
    CHECK(rows_of(*engine::make_distinct(table(rows, {0, 1}), true), *context) == expected);
    const PlanPtr plan = engine::make_distinct(table(rows, {0, 1}, {0}), false);
    CHECK(plan->order() == std::vector<Variable>{0});
}

TEST_CASE("ORDER BY sorts by value and is stable, spilling or not", "[order]") {
    const Fixture fixture;
    std::mt19937_64 random(3);
    const TestExpression x = expression_of("?x");
    const Variable sorted = *x.variable("x");
    const std::vector<Variable> variables{sorted, sorted + 1, sorted + 2};
    for (const std::size_t memory : {std::size_t{1} << 30, tiny}) {
        for (const std::size_t distinct : {fixture.ids.size(), std::size_t{100000}}) {
            const std::size_t count = 20000;
            Rows rows = fixture.random_rows(random, count, 3, distinct);
            for (std::size_t i = 0; i < count; ++i)
                rows[i][2] = TermId::of(Tag::integer, (std::uint64_t{1} << 57) + i);
            for (const bool descending : {false, true}) {
                for (const std::optional<std::uint64_t> limit :
                     {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(0),
                      std::optional<std::uint64_t>(10), std::optional<std::uint64_t>(3000)}) {
                    std::map<TermId, Term> terms;
                    for (const Row& row : rows)
                        if (row[0].bound() && !terms.contains(row[0]))
                            terms.emplace(row[0], fixture.snapshot->term(row[0]));
                    // Dense ranks: sorting by comparing terms would be too slow.
                    std::vector<TermId> order;
                    for (const auto& [id, term] : terms) order.push_back(id);
                    const auto before = [&](TermId a, TermId b) {
                        const TermView left = terms.at(a).view();
                        const TermView right = terms.at(b).view();
                        return order_by_compare(&left, &right) < 0;
                    };
                    std::sort(order.begin(), order.end(), before);
                    std::map<TermId, int> rank;
                    rank[storage::unbound] = -1;
                    int next = 0;
                    for (std::size_t i = 0; i < order.size(); ++i) {
                        if (i > 0 && before(order[i - 1], order[i])) ++next;
                        rank[order[i]] = next;
                    }
                    Rows expected = rows;
                    std::stable_sort(
                        expected.begin(), expected.end(), [&](const Row& a, const Row& b) {
                            return descending ? rank[b[0]] < rank[a[0]] : rank[a[0]] < rank[b[0]];
                        });
                    if (limit && expected.size() > *limit) expected.resize(*limit);
                    const auto context = fixture.context(memory);
                    const PlanPtr plan = engine::make_order(
                        table(rows, variables), {{x.expression, descending}}, limit, {});
                    const Rows got = rows_of(*plan, *context);
                    CHECK(got == expected);
                    if (memory == tiny && !limit)
                        CHECK(context->statistics(*plan).spilled_bytes > 0);
                }
            }
        }
    }
}

TEST_CASE("ORDER BY several conditions, each with its direction", "[order]") {
    const Fixture fixture;
    std::mt19937_64 random(4);
    const TestExpression pair = expression_of("?x = ?y");
    const Variable x = *pair.variable("x");
    const Variable y = *pair.variable("y");
    const TestExpression sum = expression_of("?x + ?y");
    REQUIRE(sum.variable("x") == x);
    Rows rows;
    for (int i = 0; i < 5000; ++i)
        rows.push_back({fixture.snapshot->intern(Term::integer(static_cast<int>(random() % 20))),
                        fixture.snapshot->intern(Term::integer(static_cast<int>(random() % 20))),
                        fixture.snapshot->intern(Term::integer(i))});
    Rows expected = rows;
    std::stable_sort(expected.begin(), expected.end(), [](const Row& a, const Row& b) {
        const auto value = [](TermId id) { return storage::integer_value(id); };
        const auto left = value(a[0]) + value(a[1]);
        const auto right = value(b[0]) + value(b[1]);
        return left != right ? left > right : value(a[1]) < value(b[1]);
    });
    const auto context = fixture.context();
    const PlanPtr plan =
        engine::make_order(table(rows, {x, y, x + y + 7}),
                           {{sum.expression, true}, {engine::make_variable(y), false}}, {}, {});
    CHECK(rows_of(*plan, *context) == expected);
    CHECK(context->memory().used() == 0);
}

namespace {

// The value of an aggregate over a group, from SPARQL 1.1 section 18.5.1, word for word.
std::optional<Term> naive(const Fixture& fixture, const Aggregate& aggregate,
                          std::vector<TermId> values) {
    ExecutionContext context(fixture.snapshot, {});
    if (aggregate.distinct) {
        std::set<TermId> seen;
        std::vector<TermId> kept;
        for (const TermId id : values)
            if (seen.insert(id).second) kept.push_back(id);
        values = kept;
    }
    const auto evaluate = [&](const std::string& text, const Term& a, const Term& b) {
        const TestExpression expression = expression_of(text);
        const std::vector<Variable> columns{*expression.variable("a"), *expression.variable("b")};
        const auto compiled =
            engine::compile_expression(*expression.expression, columns, context, {});
        Batch batch;
        batch.reset(2, 1);
        batch.column(0)[0] = context.computed().intern(a.view());
        batch.column(1)[0] = context.computed().intern(b.view());
        batch.set_rows(1);
        std::vector<TermId> out(1);
        compiled->evaluate(batch, batch.selected(), out);
        return out[0].bound() ? std::optional(context.term(out[0])) : std::nullopt;
    };
    const bool failed =
        std::any_of(values.begin(), values.end(), [](TermId id) { return !id.bound(); });
    if (aggregate.kind == AggregateKind::count)
        return Term::integer(
            std::count_if(values.begin(), values.end(), [](TermId id) { return id.bound(); }));
    if (failed) return std::nullopt;
    std::optional<Term> result;
    switch (aggregate.kind) {
        case AggregateKind::sum:
        case AggregateKind::avg: {
            result = Term::integer(0);
            for (const TermId id : values)
                if (result) result = evaluate("?a + ?b", *result, fixture.snapshot->term(id));
            if (aggregate.kind == AggregateKind::avg && result && !values.empty())
                result = evaluate("?a / ?b", *result,
                                  Term::integer(static_cast<std::int64_t>(values.size())));
            return result;
        }
        case AggregateKind::min:
        case AggregateKind::max:
            for (const TermId id : values) {
                const Term term = fixture.snapshot->term(id);
                if (!result) {
                    result = term;
                    continue;
                }
                const TermView a = term.view();
                const TermView b = result->view();
                const auto order = order_by_compare(&a, &b);
                if (aggregate.kind == AggregateKind::min ? order < 0 : order > 0) result = term;
            }
            return result;
        case AggregateKind::sample:
            if (!values.empty()) result = fixture.snapshot->term(values[0]);
            return result;
        default: {
            std::string text;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const Term term = fixture.snapshot->term(values[i]);
                if (!term.is_literal() ||
                    (term.language().empty() && term.datatype() != xsd::string))
                    return std::nullopt;
                if (i > 0) text += aggregate.separator;
                text += term.text();
            }
            return Term::literal(text);
        }
    }
}

void check_groups(const Fixture& fixture, Rows rows, std::size_t memory, bool sorted,
                  bool expects_spill) {
    const Variable key = 0, value = 1;
    if (sorted)
        std::stable_sort(rows.begin(), rows.end(),
                         [](const Row& a, const Row& b) { return a[0] < b[0]; });
    std::vector<Aggregate> aggregates;
    for (const AggregateKind kind :
         {AggregateKind::count, AggregateKind::sum, AggregateKind::avg, AggregateKind::min,
          AggregateKind::max, AggregateKind::sample, AggregateKind::group_concat}) {
        for (const bool distinct : {false, true}) {
            Aggregate aggregate;
            aggregate.kind = kind;
            aggregate.distinct = distinct;
            aggregate.argument = engine::make_variable(value);
            aggregate.separator = "|";
            aggregate.target = static_cast<Variable>(10 + aggregates.size());
            aggregates.push_back(aggregate);
        }
    }
    Aggregate all;
    all.target = 50;
    aggregates.push_back(all);
    std::map<TermId, std::vector<TermId>> groups;
    for (const Row& row : rows) groups[row[0]].push_back(row[1]);
    const auto context = fixture.context(memory);
    const PlanPtr plan = engine::make_group(
        table(rows, {key, value}, sorted ? std::vector<Variable>{key} : std::vector<Variable>{}),
        {key}, aggregates, {});
    const Rows got = rows_of(*plan, *context);
    CHECK(got.size() == groups.size());
    if (expects_spill) CHECK(context->statistics(*plan).spilled_bytes > 0);
    std::map<std::pair<std::size_t, std::vector<TermId>>, std::optional<Term>> known;
    for (const Row& row : got) {
        const std::vector<TermId>& values = groups.at(row[0]);
        for (std::size_t i = 0; i + 1 < aggregates.size(); ++i) {
            const auto expected = naive(fixture, aggregates[i], values);
            const std::optional<Term> answer =
                row[i + 1].bound() ? std::optional(context->term(row[i + 1])) : std::nullopt;
            CAPTURE(i, values.size());
            if (aggregates[i].kind == AggregateKind::group_concat && aggregates[i].distinct &&
                expected && answer) {
                CHECK(expected->text().size() == answer->text().size());
                continue;
            }
            CHECK((expected ? expected->to_string() : "error") ==
                  (answer ? answer->to_string() : "error"));
        }
        CHECK(storage::integer_value(row.back()) == static_cast<std::int64_t>(values.size()));
    }
}

}  // namespace

TEST_CASE("every aggregate over random groups is what the specification says", "[group]") {
    const Fixture fixture;
    std::mt19937_64 random(5);
    for (const bool sorted : {false, true}) {
        // Groups of one sort of values each, else nearly all are errors.
        Rows rows;
        const std::size_t zoo_size = zoo().size();
        for (int i = 0; i < 3000; ++i) {
            const std::size_t group = random() % 60;
            const std::size_t numbers = 22;
            TermId value = fixture.ids[random() % numbers];
            if (group % 5 == 1) value = fixture.ids[random() % zoo_size];
            if (group % 5 == 2) value = fixture.ids[24 + random() % 10];
            if (group % 5 == 3)
                value = fixture.snapshot->intern(Term::integer(static_cast<int>(random() % 50)));
            if (group % 17 == 4) value = storage::unbound;
            rows.push_back({fixture.ids[100 + group], value});
        }
        check_groups(fixture, rows, std::size_t{1} << 30, sorted, false);
    }
}

TEST_CASE("groups that do not fit are parted into files and come out the same", "[group]") {
    const Fixture fixture;
    std::mt19937_64 random(6);
    Rows rows;
    for (int i = 0; i < 12000; ++i)
        rows.push_back(
            {TermId::of(Tag::integer, (std::uint64_t{1} << 57) + random() % 4000),
             fixture.snapshot->intern(Term::integer(static_cast<std::int64_t>(random() % 1000)))});
    check_groups(fixture, rows, std::size_t{4} << 20, false, true);
}

TEST_CASE("without keys there is one group, also of nothing", "[group]") {
    const Fixture fixture;
    const auto context = fixture.context();
    std::vector<Aggregate> aggregates(5);
    aggregates[0].target = 10;
    const AggregateKind kinds[] = {AggregateKind::count, AggregateKind::sum, AggregateKind::avg,
                                   AggregateKind::min, AggregateKind::group_concat};
    for (std::size_t i = 1; i < aggregates.size(); ++i) {
        aggregates[i].kind = kinds[i];
        aggregates[i].argument = engine::make_variable(1);
        aggregates[i].target = static_cast<Variable>(10 + i);
    }
    const Rows got = rows_of(*engine::make_group(table({}, {0, 1}), {}, aggregates, {}), *context);
    REQUIRE(got.size() == 1);
    CHECK(context->term(got[0][0]) == Term::integer(0));
    CHECK(context->term(got[0][1]) == Term::integer(0));
    CHECK(context->term(got[0][2]) == Term::integer(0));
    CHECK(!got[0][3].bound());
    CHECK(context->term(got[0][4]) == Term::literal(""));
    CHECK(rows_of(*engine::make_group(table({}, {0, 1}), {0}, aggregates, {}), *context).empty());
}

TEST_CASE("COUNT(DISTINCT) of one group spills", "[group]") {
    const Fixture fixture;
    std::mt19937_64 random(7);
    const Rows rows = fixture.random_rows(random, 100000, 2, 50000);
    std::set<TermId> values;
    std::set<Row> pairs;
    for (const Row& row : rows) {
        values.insert(row[1]);
        pairs.insert(row);
    }
    std::vector<Aggregate> aggregates(2);
    aggregates[0].distinct = aggregates[1].distinct = true;
    aggregates[0].argument = engine::make_variable(1);
    aggregates[0].target = 10;
    aggregates[1].target = 11;
    const auto context = fixture.context(tiny);
    const PlanPtr plan = engine::make_group(table(rows, {0, 1}), {}, aggregates, {});
    const Rows got = rows_of(*plan, *context);
    REQUIRE(got.size() == 1);
    CHECK(storage::integer_value(got[0][0]) == static_cast<std::int64_t>(values.size()));
    CHECK(storage::integer_value(got[0][1]) == static_cast<std::int64_t>(pairs.size()));
    CHECK(context->statistics(*plan).spilled_bytes > 0);
}

TEST_CASE("sums stay exact beyond 64 bits and beyond inline decimals", "[group]") {
    const Fixture fixture;
    const auto context = fixture.context();
    Rows rows;
    for (int i = 0; i < 1000; ++i)
        rows.push_back({fixture.ids[0], fixture.snapshot->intern(term_of("144115188075855871"))});
    std::vector<Aggregate> aggregates(2);
    aggregates[0].kind = AggregateKind::sum;
    aggregates[1].kind = AggregateKind::avg;
    for (std::size_t i = 0; i < 2; ++i) {
        aggregates[i].argument = engine::make_variable(1);
        aggregates[i].target = static_cast<Variable>(10 + i);
    }
    Rows got = rows_of(*engine::make_group(table(rows, {0, 1}), {0}, aggregates, {}), *context);
    CHECK(context->term(got[0][1]) == term_of("144115188075855871000"));
    CHECK(context->term(got[0][2]) == term_of("\"144115188075855871\"^^xsd:decimal"));
    rows.clear();
    for (int i = 0; i < 1000; ++i)
        rows.push_back(
            {fixture.ids[0], fixture.snapshot->intern(term_of("0.00000000000000000000000001"))});
    got = rows_of(*engine::make_group(table(rows, {0, 1}), {0}, aggregates, {}), *context);
    CHECK(context->term(got[0][1]) == term_of("0.00000000000000000000001"));
}

TEST_CASE("sorting and grouping stop when they are asked to", "[order]") {
    const Fixture fixture;
    std::mt19937_64 random(8);
    const Rows rows = fixture.random_rows(random, 20000, 2, 10000);
    std::stop_source stop;
    stop.request_stop();
    ExecutionContext context(fixture.snapshot, {.stop = stop.get_token()});
    const TestExpression x = expression_of("?x");
    const Variable v = *x.variable("x");
    CHECK_THROWS_AS(
        rows_of(*engine::make_order(table(rows, {v, v + 1}), {{x.expression, false}}, {}, {}),
                context),
        Interrupted);
}

TEST_CASE("groups whose texts outgrow the memory follow their rows into files", "[group]") {
    const Fixture fixture;
    std::mt19937_64 random(9);
    std::vector<TermId> words;
    for (int i = 0; i < 50; ++i)
        words.push_back(fixture.snapshot->intern(
            Term::literal(std::string(90, static_cast<char>('a' + i % 26)) + std::to_string(i))));
    Rows rows;
    std::map<TermId, std::string> expected;
    for (int i = 0; i < 30000; ++i) {
        const TermId key = TermId::of(Tag::integer, (std::uint64_t{1} << 57) + random() % 300);
        const TermId word = words[random() % words.size()];
        rows.push_back({key, word});
        std::string& text = expected[key];
        if (!text.empty()) text += ' ';
        text += fixture.snapshot->term(word).text();
    }
    std::vector<Aggregate> aggregates(1);
    aggregates[0].kind = AggregateKind::group_concat;
    aggregates[0].argument = engine::make_variable(1);
    aggregates[0].target = 10;
    const auto context = fixture.context(std::size_t{4} << 20);
    const PlanPtr plan = engine::make_group(table(rows, {0, 1}), {0}, aggregates, {});
    const Rows got = rows_of(*plan, *context);
    CHECK(context->statistics(*plan).spilled_bytes > 0);
    CHECK(got.size() == expected.size());
    for (const Row& row : got) CHECK(context->term(row[1]).text() == expected.at(row[0]));
}
