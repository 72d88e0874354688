#include "workload.h"

#include <array>
#include <map>

#include "storage/row.h"

namespace dossier::faults {

using namespace storage;

namespace {

constexpr std::string_view base = "http://example.org/";
constexpr std::uint64_t load_every = 37;
constexpr std::uint64_t removal_distance = 5;

std::string iri(std::string_view name) {
    return std::string(base).append(name);
}

std::string text_of_term(const Term& term) {
    return term.is_triple() ? "that " + std::string(term.object().text())
                            : std::string(term.text());
}

}  // namespace

std::uint64_t Workload::random(std::uint64_t number, std::uint64_t limit) const {
    std::uint64_t x = seed_ * 0x9E3779B97F4A7C15u + number * 0xD1B54A32D192ED03u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return (x ^ (x >> 31)) % limit;
}

bool Workload::is_load(std::uint64_t number) {
    return number % load_every == 0;
}

std::uint64_t Workload::removes(std::uint64_t number) {
    if (is_load(number) || number % 2 != 0 || number <= removal_distance ||
        is_load(number - removal_distance)) {
        return 0;
    }
    return number - removal_distance;
}

std::vector<Workload::Statement> Workload::added(std::uint64_t number) const {
    std::vector<Statement> statements;
    if (is_load(number)) {
        // Now small enough for the log, now so with more terms than go there, now a new base; each
        // replaces the one before.
        constexpr std::uint64_t counts[] = {700, 19'000, 21'000};
        const std::uint64_t shape = number / load_every % 3;
        const std::uint64_t count = counts[shape];
        for (std::uint64_t i = 0; i < count; ++i) {
            statements.push_back({"load" + std::to_string(i / 3),
                                  (shape == 1 ? "said" : "p") + std::to_string(i % 3),
                                  std::to_string(number) + "/" + std::to_string(i), "loaded"});
        }
        return statements;
    }
    const std::uint64_t count = number % 50 == 0 ? 3000 : 1 + random(number, 20);
    const std::uint64_t graph = random(number + 1, 4);
    for (std::uint64_t i = 0; i < count; ++i) {
        statements.push_back({"c" + std::to_string(number), "p" + std::to_string(i % 4),
                              std::to_string(i), graph == 0 ? "" : "g" + std::to_string(graph)});
    }
    return statements;
}

bool Workload::is_said(const Statement& statement) {
    return statement.predicate.starts_with("said") ||
           (statement.predicate == "p1" && statement.object.ends_with('5'));
}

std::string Workload::text(const Statement& statement) {
    return iri(statement.subject) + " " + iri(statement.predicate) + " " +
           (is_said(statement) ? "that " : "") + statement.object + " " +
           (statement.graph.empty() ? "" : iri(statement.graph));
}

Contents Workload::contents(std::uint64_t number) const {
    std::set<std::uint64_t> gone;
    for (std::uint64_t n = 1; n <= number; ++n) {
        gone.insert(removes(n));
    }
    Contents contents;
    for (std::uint64_t n = 1; n <= number; ++n) {
        const bool replaced = is_load(n) && n + load_every <= number;
        if (!replaced && !gone.contains(n)) {
            for (const Statement& statement : added(n)) {
                contents.insert(text(statement));
            }
        }
    }
    return contents;
}

void Workload::fill(Transaction& transaction, std::uint64_t number) const {
    const auto quad = [&transaction](const Statement& statement) {
        const std::string subject = iri(statement.subject);
        const std::string predicate = iri(statement.predicate);
        const std::string graph = iri(statement.graph);
        const TermId subject_id = transaction.intern(TermView::iri(subject));
        const TermId predicate_id = transaction.intern_name(TermView::iri(predicate));
        TermId object_id = transaction.intern(TermView::literal(statement.object));
        if (is_said(statement)) {
            object_id = transaction.intern_triple({subject_id, predicate_id, object_id});
        }
        return QuadIds{subject_id, predicate_id, object_id,
                       statement.graph.empty() ? default_graph
                                               : transaction.intern_name(TermView::iri(graph))};
    };
    if (const std::uint64_t old = removes(number); old != 0) {
        for (const Statement& statement : added(old)) {
            transaction.remove(quad(statement));
        }
    }
    for (const Statement& statement : added(number)) {
        transaction.insert(quad(statement));
    }
}

void Workload::load(Store& store, std::uint64_t number) const {
    LoadOptions options;
    options.memory_bytes = std::size_t{32} << 20;
    options.threads = 1;
    options.replace_graphs.push_back(Term::iri(iri("loaded")));
    const auto load = store.bulk_load(options);
    const auto worker = load->worker();
    for (const Statement& statement : added(number)) {
        const std::string subject = iri(statement.subject);
        const std::string predicate = iri(statement.predicate);
        const std::string graph = iri(statement.graph);
        const TripleView said{TermView::iri(subject), TermView::iri(predicate),
                              TermView::literal(statement.object)};
        worker->add(
            {said.subject, said.predicate,
             is_said(statement) ? TermView::triple(said) : said.object, TermView::iri(graph)},
            1);
    }
    worker->flush();
    load->finish();
}

Contents contents_of(const Snapshot& snapshot) {
    ScanRequest request;
    request.graphs.mode = GraphSelection::Mode::each;
    request.graphs.graphs = snapshot.graphs();
    request.graphs.graphs.insert(request.graphs.graphs.begin(), default_graph);
    std::map<TermId, std::string> texts{{default_graph, ""}};
    const auto text_of = [&](TermId id) -> const std::string& {
        const auto [found, inserted] = texts.try_emplace(id);
        if (inserted) {
            found->second = text_of_term(snapshot.term(id));
        }
        return found->second;
    };
    Contents contents;
    constexpr std::size_t batch_rows = 1000;
    std::array<std::array<TermId, batch_rows>, 4> columns;
    const std::array<TermId*, 4> pointers{columns[0].data(), columns[1].data(), columns[2].data(),
                                          columns[3].data()};
    const auto cursor = snapshot.scan(request);
    while (const std::size_t count = cursor->next(pointers, batch_rows)) {
        for (std::size_t i = 0; i < count; ++i) {
            contents.insert(text_of(columns[0][i]) + " " + text_of(columns[1][i]) + " " +
                            text_of(columns[2][i]) + " " + text_of(columns[3][i]));
        }
    }
    return contents;
}

}  // namespace dossier::faults
