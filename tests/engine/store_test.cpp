#include <dossier/dossier.h>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

using namespace dossier;

namespace {

constexpr const char* people = R"(
    PREFIX : <http://example.org/>
    :ada :name "Ada" ; :born 1815 ; :knows :charles .
    :charles :name "Charles" ; :born 1791 .
    :grace :name "Grace"@en ; :born 1906 ; :knows :ada , [ :name "somebody" ] .
)";

Store store_of(const char* text, DataFormat format = DataFormat::trig) {
    Store store = Store::in_memory();
    store.load_text(text, format);
    return store;
}

std::vector<std::string> column(Rows rows) {
    std::vector<std::string> result;
    for (const Row& row : rows) result.push_back(row.bound(0) ? row.get<std::string>(0) : "-");
    return result;
}

class Folder {
  public:
    Folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "dossier-test-XXXXXX").string();
        path = mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

}  // namespace

TEST_CASE("a loaded file can be asked about", "[store]") {
    Store store = store_of(people);
    REQUIRE(store.size() == 10);
    REQUIRE(column(store.query("SELECT ?n { ?x :name ?n ; :born ?b } ORDER BY ?b")) ==
            std::vector<std::string>{"Charles", "Ada", "Grace"});
    REQUIRE(store.ask("ASK { :ada :knows :charles }"));
    REQUIRE_FALSE(store.ask("ASK { :ada :knows :grace }"));
}

TEST_CASE("loading the same statements twice adds nothing", "[store]") {
    Store store = Store::in_memory();
    const LoadReport first = store.load_text("<urn:a> <urn:b> 1 , 2 , 1 .", DataFormat::turtle);
    REQUIRE(first.read == 3);
    REQUIRE(first.added == 2);
    REQUIRE(first.duplicates == 1);
    const LoadReport second = store.load_text("<urn:a> <urn:b> 1 .", DataFormat::turtle);
    REQUIRE(second.added == 0);
    REQUIRE(store.size() == 2);
}

TEST_CASE("an empty text loads with a report of zeros", "[store]") {
    Store store = Store::in_memory();
    const LoadReport report = store.load_text("", DataFormat::turtle);
    REQUIRE(report.read == 0);
    REQUIRE(report.added == 0);
    REQUIRE(store.size() == 0);
}

TEST_CASE("a broken text loads nothing", "[store]") {
    Store store = Store::in_memory();
    REQUIRE_THROWS_AS(store.load_text("<urn:a> <urn:b> 1 . <urn:a> <urn:b", DataFormat::turtle),
                      SyntaxError);
    REQUIRE(store.size() == 0);
}

TEST_CASE("broken statements can be left out", "[store]") {
    Store store = Store::in_memory();
    LoadOptions options;
    options.on_error = ErrorPolicy::skip;
    int told = 0;
    options.on_skipped = [&](const SyntaxError& error) {
        ++told;
        REQUIRE(error.position().line == 2);
    };
    const LoadReport report = store.load_text(
        "<urn:a> <urn:b> \"1\" .\n<urn:a> <urn:b> oops .\n<urn:a> <urn:b> \"3\" .\n",
        DataFormat::ntriples, options);
    REQUIRE(report.added == 2);
    REQUIRE(report.skipped == 1);
    REQUIRE(told == 1);
}

TEST_CASE("one error more than the limit ends a load and leaves nothing", "[store]") {
    Store store = Store::in_memory();
    LoadOptions options;
    options.on_error = ErrorPolicy::skip;
    options.max_errors = 1;
    REQUIRE_THROWS_AS(
        store.load_text("<urn:a> <urn:b> \"1\" .\noops .\noops .\n", DataFormat::ntriples, options),
        Error);
    REQUIRE(store.size() == 0);
}

TEST_CASE("parameters are terms", "[store]") {
    Store store = store_of(people);
    const Query query = store.prepare("SELECT ?n { ?x :name ?n ; :born ?b FILTER(?b > ?since) }");
    REQUIRE(column(query.bind("since", 1900).rows()) == std::vector<std::string>{"Grace"});
    REQUIRE(column(query.bind("since", 1810).rows()).size() == 2);
    const Query by_name = store.prepare("SELECT ?x { ?x :name ?name }");
    REQUIRE(column(by_name.bind("name", "Ada\" ; ?p ?o . #").rows()).empty());
    REQUIRE(column(by_name.bind("name", "Ada").rows()).size() == 1);
    REQUIRE_THROWS_AS(query.bind("nobody", 1), UsageError);
}

TEST_CASE("options give variables of queries and updates values", "[store]") {
    Store store = Store::in_memory();
    const Term ann = Term::iri("urn:ann"), bob = Term::iri("urn:bob");
    QueryOptions options;
    options.parameters = {{"who", ann}, {"age", Term::integer(41)}};
    store.update("INSERT { ?who <urn:age> ?age } WHERE {}", options);
    REQUIRE(store.contains(ann, Term::iri("urn:age"), Term::integer(41)));
    options.parameters = {{"who", ann}};
    // One that an operation does not have says nothing of it.
    store.update(
        "INSERT { <urn:bob> <urn:of> ?x } WHERE { ?x <urn:age> ?y } ; "
        "DELETE WHERE { ?who <urn:age> ?age }",
        options);
    REQUIRE(store.contains(bob, Term::iri("urn:of"), ann));
    REQUIRE_FALSE(store.ask("ASK { ?who <urn:age> ?age }"));
    options.parameters = {{"nobody", ann}};
    REQUIRE_THROWS_AS(store.update("DELETE WHERE { ?who ?p ?o }", options), UsageError);
    REQUIRE(store.size() == 1);

    options.parameters = {{"who", ann}};
    REQUIRE_FALSE(store.ask("ASK { ?who ?p ?o }", options));
    options.parameters = {{"who", bob}};
    REQUIRE(store.ask("ASK { ?who ?p ?o }", options));
    REQUIRE(store.prepare("ASK { ?who ?p ?o }").with(options).ask());
    REQUIRE_FALSE(store.prepare("ASK { ?who ?p ?o }", options).bind("who", ann).ask());
    options.parameters = {{"nobody", bob}};
    REQUIRE_THROWS_AS(store.prepare("ASK { ?who ?p ?o }", options), UsageError);
}

TEST_CASE("rows come as C++ values", "[store]") {
    Store store = store_of(people);
    const Query query = store.prepare(
        "SELECT ?n ?b ?k { ?x :name ?n ; :born ?b OPTIONAL { ?x :knows ?y . ?y :name ?k } }"
        " ORDER BY ?b ?k");
    std::vector<std::tuple<std::string, int, std::optional<std::string>>> rows;
    for (auto [name, born, known] : query.rows<std::string, int, std::optional<std::string>>())
        rows.emplace_back(name, born, known);
    REQUIRE(rows.size() == 4);
    REQUIRE(rows[0] ==
            std::tuple<std::string, int, std::optional<std::string>>{"Charles", 1791, {}});
    REQUIRE(std::get<2>(rows[1]) == "Charles");
    REQUIRE_THROWS_AS((query.rows<std::string>()), UsageError);
}

TEST_CASE("updates of one request are one commit, or none", "[store]") {
    Store store = Store::in_memory();
    const UpdateReport report = store.update(
        "INSERT DATA { <urn:a> <urn:p> 1 } ; INSERT { ?s <urn:q> ?o } WHERE { ?s <urn:p> ?o }");
    REQUIRE(report.inserted == 2);
    REQUIRE(report.operations == 2);
    REQUIRE(store.size() == 2);
    REQUIRE_THROWS_AS(store.update("DELETE WHERE { ?s ?p ?o } ; LOAD <file:///etc/hostname>"),
                      Error);
    REQUIRE(store.size() == 2);
}

TEST_CASE("an operation does not see its own changes", "[store]") {
    Store store = store_of("<urn:a> <urn:p> 1 . <urn:b> <urn:p> 2 .");
    store.update(
        "DELETE { ?s <urn:p> ?o } INSERT { ?s <urn:p> ?n } "
        "WHERE { ?s <urn:p> ?o BIND(?o + 1 AS ?n) }");
    REQUIRE(column(store.query("SELECT ?o { ?s <urn:p> ?o } ORDER BY ?o")) ==
            std::vector<std::string>{"2", "3"});
}

TEST_CASE("blank nodes of a template are new for every solution", "[store]") {
    Store store = store_of("<urn:a> <urn:p> 1 . <urn:b> <urn:p> 2 .");
    store.update("INSERT { ?s <urn:q> _:x . _:x <urn:r> ?o } WHERE { ?s <urn:p> ?o }");
    REQUIRE(column(store.query("SELECT (COUNT(DISTINCT ?x) AS ?n) { ?s <urn:q> ?x }")) ==
            std::vector<std::string>{"2"});
    REQUIRE(store.size() == 6);
}

TEST_CASE("a transaction sees its own changes and nobody else does", "[store]") {
    Store store = store_of(people);
    {
        Transaction transaction = store.begin();
        transaction.update("INSERT DATA { :new :name \"New\" }");
        REQUIRE(transaction.ask("ASK { :new :name ?n }"));
        REQUIRE_FALSE(store.ask("ASK { :new :name ?n }"));
    }
    REQUIRE_FALSE(store.ask("ASK { :new :name ?n }"));
    Transaction transaction = store.begin();
    transaction.insert(iri("urn:a"), iri("urn:b"), Term::integer(1));
    transaction.insert(iri("urn:a"), iri("urn:b"), Term::integer(1));
    transaction.insert(iri("urn:a"), iri("urn:b"), Term::integer(2));
    transaction.remove(iri("urn:a"), iri("urn:b"), Term::integer(2));
    transaction.remove(iri("urn:unknown"), iri("urn:b"), Term::integer(2));
    REQUIRE(transaction.commit().inserted == 1);
    REQUIRE(store.contains(iri("urn:a"), iri("urn:b"), Term::integer(1)));
    REQUIRE_THROWS_AS(transaction.ask("ASK {}"), UsageError);
}

TEST_CASE("rows read one state, whatever is committed meanwhile", "[store]") {
    Store store = store_of("<urn:a> <urn:p> 1 , 2 , 3 .");
    Rows rows = store.query("SELECT ?o { ?s <urn:p> ?o }");
    REQUIRE(rows.next());
    store.update("DELETE WHERE { ?s ?p ?o }");
    int count = 1;
    while (rows.next()) ++count;
    REQUIRE(count == 3);
    REQUIRE(store.size() == 0);
}

TEST_CASE("a store on disk keeps what was committed", "[store]") {
    const Folder folder;
    const auto path = folder.path / "museum";
    {
        Store store = Store::open(path, {.create = true});
        store.load_text(people, DataFormat::turtle);
        store.set_prefix("e", "http://example.org/");
        store.update("INSERT DATA { e:x e:y \"über\"@de }");
        store.close();
    }
    REQUIRE_THROWS_AS(Store::open(folder.path / "other"), StoreError);
    Store store = Store::open(path);
    REQUIRE(store.size() == 11);
    REQUIRE(column(store.query("SELECT ?o { e:x e:y ?o }")) == std::vector<std::string>{"über"});
    REQUIRE(store.verify().empty());
}

TEST_CASE("closing a store while rows live is an error and not the end", "[store]") {
    const Folder folder;
    Store store = Store::open(folder.path / "s", {.create = true});
    store.load_text("<urn:a> <urn:p> 1 , 2 .", DataFormat::turtle);
    {
        Rows rows = store.query("SELECT * { ?s ?p ?o }");
        REQUIRE(rows.next());
        REQUIRE_THROWS_AS(store.close(), UsageError);
        REQUIRE(rows.next());
    }
    store.close();
    REQUIRE_THROWS_AS(store.size(), UsageError);
}

TEST_CASE("a query can be cancelled and has limits", "[store]") {
    Store store = Store::in_memory();
    std::string text;
    for (int i = 0; i < 300; ++i) text += "<urn:s> <urn:p> " + std::to_string(i) + " .\n";
    store.load_text(text, DataFormat::turtle);
    // 300^4 rows: nobody waits for them.
    const Query endless = store.prepare(
        "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f . ?g ?t ?h "
        "FILTER(?b + ?d + ?f + ?h < 0) }");
    using namespace std::chrono_literals;
    REQUIRE_THROWS_AS(column(endless.with({.timeout = 50ms}).rows()), LimitError);

    std::stop_source stop;
    std::jthread stopper([&] {
        std::this_thread::sleep_for(50ms);
        stop.request_stop();
    });
    REQUIRE_THROWS_AS(column(endless.with({.stop = stop.get_token()}).rows()), Interrupted);

    std::jthread interrupter([&] {
        std::this_thread::sleep_for(50ms);
        store.interrupt();
    });
    REQUIRE_THROWS_AS(column(endless.rows()), Interrupted);
    // The store is as good as before.
    REQUIRE(column(store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) ==
            std::vector<std::string>{"300"});
}

TEST_CASE("graphs are written and read back", "[store]") {
    Store store = store_of(
        "<urn:a> <urn:p> \"x\"@en--ltr . <urn:g> { <urn:a> <urn:p> <<( <urn:s> <urn:p> 1.50 )>> }");
    for (const DataFormat format : {DataFormat::trig, DataFormat::nquads}) {
        std::ostringstream out;
        REQUIRE(store.dump(format, out) == 2);
        Store copy = store_of(out.str().c_str(), format);
        REQUIRE(copy.size() == 2);
        REQUIRE(
            copy.ask("ASK { <urn:a> <urn:p> \"x\"@en--ltr GRAPH <urn:g> { <urn:a> <urn:p> "
                     "<<( <urn:s> <urn:p> 1.50 )>> } }"));
    }
    std::ostringstream merged;
    REQUIRE(store.dump(DataFormat::ntriples, merged, {.all_graphs = true}) == 2);
    std::ostringstream one;
    REQUIRE(store.dump(DataFormat::ntriples, one) == 1);
}

TEST_CASE("a sorted dump is the same however the statements came", "[store]") {
    Store first = store_of("<urn:b> <urn:p> 2 . <urn:a> <urn:p> 1 , \"z\" .");
    Store second = store_of("<urn:a> <urn:p> \"z\" . <urn:a> <urn:p> 1 . <urn:b> <urn:p> 2 .");
    std::ostringstream one, two;
    first.dump(DataFormat::nquads, one, {.sorted = true});
    second.dump(DataFormat::nquads, two, {.sorted = true});
    REQUIRE(one.str() == two.str());
}

TEST_CASE("CONSTRUCT gives a statement once and DESCRIBE the claims too", "[store]") {
    Store store = store_of(people);
    Graph graph = store.construct("CONSTRUCT { ?x a :Person } WHERE { ?x :knows ?y }");
    int count = 0;
    while (graph.next()) ++count;
    REQUIRE(count == 2);
    store.load_text(
        "PREFIX : <http://example.org/> PREFIX dos: <https://w3id.org/dossier#> "
        "<< :ada :met :grace ~ :c1 >> dos:saidBy :charles .",
        DataFormat::turtle);
    Graph about = store.construct("DESCRIBE :ada");
    bool claim = false;
    while (about.next())
        claim = claim || about.statement().predicate.text() == "https://w3id.org/dossier#saidBy";
    REQUIRE(claim);
}

TEST_CASE("the setting `union` makes queries read all graphs and updates write the default one",
          "[store]") {
    Store store = store_of("<urn:g> { <urn:a> <urn:p> 1 } <urn:h> { <urn:a> <urn:p> 1 , 2 }");
    const char* count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }";
    REQUIRE(column(store.query(count)) == std::vector<std::string>{"0"});
    REQUIRE(column(store.query(count, {.union_default_graph = true})) ==
            std::vector<std::string>{"2"});
    store.set_setting("union", "on");
    REQUIRE(column(store.query(count)) == std::vector<std::string>{"2"});
    store.update("INSERT { ?s <urn:q> ?o } WHERE { ?s <urn:p> ?o }");
    REQUIRE(column(store.query(count, {.union_default_graph = false})) ==
            std::vector<std::string>{"2"});
    REQUIRE_THROWS_AS(store.set_setting("unoin", "on"), UsageError);
}

TEST_CASE("graph management of updates", "[store]") {
    Store store = store_of("<urn:a> <urn:p> 1 . <urn:g> { <urn:a> <urn:p> 2 }");
    store.update("COPY <urn:g> TO <urn:h>");
    REQUIRE(store.graphs().size() == 2);
    store.update("MOVE <urn:h> TO <urn:i>");
    REQUIRE(store.contains(iri("urn:a"), iri("urn:p"), Term::integer(2), iri("urn:i")));
    REQUIRE(store.graphs().size() == 2);
    store.update("ADD DEFAULT TO <urn:i>");
    REQUIRE(store.size() == 4);
    REQUIRE_THROWS_AS(store.update("COPY <urn:none> TO <urn:i>"), QueryError);
    store.update("COPY SILENT <urn:none> TO <urn:i>");
    store.update("CLEAR NAMED");
    REQUIRE(store.size() == 1);
    store.update("DROP ALL");
    REQUIRE(store.size() == 0);
}

TEST_CASE("LOAD reads only below the directory that is allowed", "[store]") {
    const Folder folder;
    std::filesystem::create_directory(folder.path / "in");
    std::ofstream(folder.path / "in" / "a.ttl") << "<urn:a> <urn:p> 1 .";
    std::ofstream(folder.path / "b.ttl") << "<urn:b> <urn:p> 1 .";
    Store store = Store::in_memory();
    const std::string inside = "LOAD <file://" + (folder.path / "in" / "a.ttl").string() + ">";
    REQUIRE_THROWS_AS(store.update(inside), QueryError);
    QueryOptions allowed;
    allowed.load_directory = (folder.path / "in").string();
    store.update(inside, allowed);
    REQUIRE(store.size() == 1);
    REQUIRE_THROWS_AS(
        store.update("LOAD <file://" + (folder.path / "in" / ".." / "b.ttl").string() + ">",
                     allowed),
        QueryError);
    std::filesystem::create_symlink(folder.path / "b.ttl", folder.path / "in" / "link.ttl");
    REQUIRE_THROWS_AS(
        store.update("LOAD <file://" + (folder.path / "in" / "link.ttl").string() + ">", allowed),
        QueryError);
}
