// Who says so? A program that keeps claims in a store of its own: two newspapers that copy one
// leak, a denial, a question about independent origins, a correction.
//
// usage: who_says_so [STORE]     (without STORE: in memory)

#include <cstdio>
#include <optional>
#include <string>

#include <dossier/dossier.h>

namespace {

constexpr const char* reports = R"(
    PREFIX : <https://example.org/port/>
    PREFIX dos: <https://w3id.org/dossier#>

    GRAPH :courier {
        << :Meridian :shippedTo :Eastport ~ :courier-1 >> dos:saidBy :Leak ; dos:in :courier ;
            dos:when "2023-04"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> .
        << :Meridian :shippedTo :Eastport ~ :courier-2 >> dos:deniedBy :Meridian ; dos:in :courier ;
            dos:answers :courier-1 .
    }
    GRAPH :gazette {
        :gazette dos:copyOf :courier .
        << :Meridian :shippedTo :Eastport ~ :gazette-1 >> dos:saidBy :Leak ; dos:in :gazette .
        << :Meridian :shippedTo :Westport ~ :gazette-2 >> dos:saidBy :gazette ; dos:in :gazette .
    }
)";

void print_answers(const dossier::ClaimAnswers& found) {
    for (const dossier::ClaimAnswer& answer : found.answers) {
        for (const std::optional<dossier::Term>& value : answer.values)
            std::printf("%s  ", value ? value->to_string().c_str() : "-");
        std::printf("%s, said by %zu, denied by %zu, %llu origins\n",
                    std::string(dossier::to_string(answer.status)).c_str(), answer.said_by.size(),
                    answer.denied_by.size(), static_cast<unsigned long long>(answer.origins));
    }
}

int run(int count, char** arguments) {
    dossier::Store store = count > 1 ? dossier::Store::open(arguments[1], {.create = true})
                                     : dossier::Store::in_memory();
    store.set_prefix("", "https://example.org/port/");
    store.set_prefix("dos", "https://w3id.org/dossier#");
    store.set_setting("union", "on");

    // 1. Each report is a graph, all of them one commit.
    const dossier::LoadReport report = store.load_text(reports, dossier::DataFormat::trig);
    std::printf("read %llu statements\n", static_cast<unsigned long long>(report.read));

    // 2. A bare pattern: what is asserted or claimed, and how it stands.
    print_answers(store.claims(":Meridian :shippedTo ?where"));

    // 3. A prepared query with a parameter, as often as needed; parameters are terms, never text.
    const dossier::Query by_voice = store.prepare(
        "SELECT ?object ?document WHERE { << :Meridian :shippedTo ?object ~ ?claim >> dos:saidBy "
        "?who ;"
        " dos:in ?document } ORDER BY ?object ?document");
    const dossier::Term leak = dossier::iri("https://example.org/port/Leak");
    for (auto [object, document] : by_voice.bind("who", leak).rows<std::string, std::string>())
        std::printf("%s in %s\n", object.c_str(), document.c_str());

    // 4. Several updates, one commit; leaving the scope without commit() rolls back.
    dossier::Transaction transaction = store.begin();
    transaction.update("INSERT DATA { GRAPH :gazette { :gazette-2 dos:standing dos:Retracted } }");
    if (transaction.ask("ASK { :gazette-2 dos:standing dos:Retracted }"))
        transaction.commit({.author = "editor", .message = "the gazette withdrew its report"});
    print_answers(store.claims(":Meridian :shippedTo ?where"));

    // 5. A query that takes too long stops with a LimitError; this one does not.
    using namespace std::chrono_literals;
    for (auto [voices] :
         store.prepare("SELECT (COUNT(DISTINCT ?v) AS ?n) WHERE { ?c dos:saidBy ?v }")
             .with({.timeout = 5s})
             .rows<int>())
        std::printf("%d voices\n", voices);
    return 0;
}

}  // namespace

int main(int count, char** arguments) try {
    return run(count, arguments);
} catch (const dossier::SyntaxError& error) {
    std::fprintf(stderr, "%s\n", error.pretty().c_str());
    return 3;
} catch (const dossier::Error& error) {
    std::fprintf(stderr, "who_says_so: %s (code %d)\n", error.what(), error.code());
    return 5;
}
