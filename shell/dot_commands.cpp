#include "shell/dot_commands.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <ostream>
#include <sstream>

#include "shell/dot_arguments.h"
#include "shell/dumping.h"
#include "shell/loading.h"
#include "shell/saving.h"
#include "shell/statement_runner.h"
#include "shell/store_report.h"
#include "shell/suggestion.h"

namespace dossier::shell {

namespace {

using Arguments = std::vector<std::string>;

struct Context {
    Session& session;
    StatementRunner& runner;
    std::string_view rest;  // the text behind the command's name
    DotResult result;
};

struct Command {
    const char* name;
    const char* usage;
    const char* summary;
    const char* details;  // the longer text, with an example
    void (*run)(Context&, const Arguments&);
};

[[noreturn]] void wrong(const std::string& message) {
    throw UsageError(message);
}

bool on_or_off(const Arguments& arguments, std::string_view command) {
    if (arguments.size() == 1 && (arguments[0] == "on" || arguments[0] == "yes")) return true;
    if (arguments.size() == 1 && (arguments[0] == "off" || arguments[0] == "no")) return false;
    wrong(std::string(command) + " takes on or off");
}

void refuse_when_safe(const Session& session, std::string_view command) {
    if (session.safe)
        wrong(
            std::string(command) +
            " is refused here: statements from a script may not use files or programs (--no-safe)");
}

Term term_of(Session& session, const std::string& text) {
    QueryOptions options = session.query_options(text);
    const Prefixes stored = session.store().prefixes();
    options.prefixes.insert(options.prefixes.end(), stored.begin(), stored.end());
    return parse_term(text, options);
}

void run_query(Context& context, const std::string& text) {
    context.session.run(text, "query");
}

// Lists with the store's whole content, whatever the graphs.
void run_union_query(Context& context, const std::string& text) {
    const auto saved = context.session.union_default_graph;
    context.session.union_default_graph = true;
    try {
        run_query(context, text);
    } catch (...) {
        context.session.union_default_graph = saved;
        throw;
    }
    context.session.union_default_graph = saved;
}

std::string string_literal(const std::string& text) {
    std::string out;
    append_quoted_string(out, text);
    return out;
}

const std::vector<Command>& commands();

void help(Context& context, const Arguments& arguments) {
    std::ostream& out = context.session.out();
    if (!arguments.empty()) {
        std::string name = arguments[0];
        if (!name.starts_with('.')) name.insert(0, ".");
        for (const Command& command : commands()) {
            if (name != command.name) continue;
            out << command.usage << "\n  " << command.summary << '\n';
            if (*command.details != '\0') out << '\n' << command.details << '\n';
            return;
        }
    }
    bool found = false;
    for (const Command& command : commands()) {
        const std::string line = fmt::format("{:<40} {}", command.usage, command.summary);
        if (!arguments.empty() && line.find(arguments[0]) == std::string::npos) continue;
        out << line << '\n';
        found = true;
    }
    if (!found) wrong("no command matches '" + arguments[0] + "'");
    if (arguments.empty())
        out << "\nStatements: a query, an update, PREFIX lines, or a bare pattern such as\n"
               "  :Wagner :requested ?what\n"
               "which asks what is asserted or claimed, and by whom. A statement on one line runs "
               "at "
               "once;\none over several lines runs at a line that ends with ; or at an empty "
               "line.\n";
}

void quit(Context& context, const Arguments& arguments) {
    context.result.quit = arguments.empty() ? 0 : static_cast<int>(number(arguments[0], ".quit"));
}

void open(Context& context, const Arguments& arguments) {
    bool read_only = false;
    bool fresh = false;
    bool force = context.session.force;
    std::string path;
    for (const std::string& argument : arguments) {
        if (argument == "--read-only" || argument == "-r")
            read_only = true;
        else if (argument == "--new")
            fresh = true;
        else if (argument == "--force")
            force = true;
        else if (argument.starts_with("--"))
            wrong(".open knows --read-only, --new and --force, not " + argument);
        else
            path = argument;
    }
    if (path.empty()) wrong("usage: .open [--read-only|--new] [--force] STORE");
    if (fresh && std::filesystem::exists(path)) wrong("'" + path + "' exists already");
    // A script knows what it does; a person may not know that nothing of it is kept.
    if (context.runner.interactive() && !force && context.session.path().empty()) {
        const std::uint64_t held = context.session.store().size();
        if (held > 0)
            wrong(
                fmt::format("the store in memory holds {} statement{} that would be lost: .save "
                            "DIRECTORY keeps them, .open --force drops them",
                            grouped(held), held == 1 ? "" : "s"));
    }
    context.session.set_store(path, read_only);
    if (context.session.exists())
        context.session.store();
    else
        context.session.message("'" + path + "' does not exist; it is made at the first write");
}

void close(Context& context, const Arguments&) {
    context.session.set_store("", false);
}

void info(Context& context, const Arguments&) {
    print_info(context.session, false);
}

void load_files(Context& context, const Arguments& arguments) {
    refuse_when_safe(context.session, ".load");
    load(context.session, load_request(arguments));
}

void dump_statements(Context& context, const Arguments& arguments) {
    const DumpRequest request = dump_request(arguments);
    if (!request.output.empty()) refuse_when_safe(context.session, ".dump to a file");
    dump(context.session, request);
}

void save_store(Context& context, const Arguments& arguments) {
    refuse_when_safe(context.session, ".save");
    if (arguments.size() != 1) wrong("usage: .save DIRECTORY");
    save(context.session, arguments[0]);
}

void log(Context& context, const Arguments& arguments) {
    Session& session = context.session;
    if (arguments.empty()) {
        const std::string file = session.log().file();
        session.out() << (file.empty() ? "off" : file) << '\n';
        return;
    }
    if (arguments.size() != 1) wrong("usage: .log FILE|off");
    refuse_when_safe(session, ".log");
    session.log().open(arguments[0] == "off" ? "" : arguments[0]);
}

void read_file(Context& context, const Arguments& arguments) {
    refuse_when_safe(context.session, ".read");
    if (arguments.size() != 1) wrong("usage: .read FILE");
    context.result.quit = context.runner.run_file(arguments[0]);
}

void mode(Context& context, const Arguments& arguments) {
    if (arguments.empty()) {
        context.session.out() << name_of(context.session.presentation.mode) << '\n';
        return;
    }
    const auto found = mode_of_name(arguments[0]);
    if (!found) {
        const auto near = did_you_mean(arguments[0], mode_names());
        std::string list;
        for (const std::string& name : mode_names()) list += (list.empty() ? "" : ", ") + name;
        wrong("there is no mode '" + arguments[0] + "'" +
              (near ? "; did you mean " + *near + "?" : "; there are " + list));
    }
    context.session.presentation.mode = *found;
}

void headers(Context& context, const Arguments& arguments) {
    context.session.presentation.headers = on_or_off(arguments, ".headers");
}
void null_value(Context& context, const Arguments& arguments) {
    context.session.presentation.null_value = arguments.empty() ? "" : arguments[0];
}
void max_rows(Context& context, const Arguments& arguments) {
    if (arguments.size() != 1) wrong("usage: .maxrows N");
    context.session.presentation.max_rows = number(arguments[0], ".maxrows");
}
void limit(Context& context, const Arguments& arguments) {
    if (arguments.size() != 1) wrong("usage: .limit N");
    context.session.presentation.limit = number(arguments[0], ".limit");
}
void max_width(Context& context, const Arguments& arguments) {
    if (arguments.size() != 1) wrong("usage: .maxwidth N");
    context.session.presentation.max_width = number(arguments[0], ".maxwidth");
}
void iris(Context& context, const Arguments& arguments) {
    if (arguments.size() != 1 || (arguments[0] != "short" && arguments[0] != "full"))
        wrong("usage: .iris short|full");
    context.session.presentation.full_iris = arguments[0] == "full";
}
void types(Context& context, const Arguments& arguments) {
    context.session.presentation.types = on_or_off(arguments, ".types");
}
// FILE, --force FILE or |COMMAND.
void redirect(Context& context, Arguments arguments, bool for_once) {
    if (context.rest.starts_with('|')) {
        context.session.redirect(std::string(context.rest), for_once, false);
        return;
    }
    const bool overwrite = std::erase(arguments, "--force") > 0;
    if (arguments.size() > 1) wrong("one file; quote a name with spaces");
    context.session.redirect(arguments.empty() ? "" : arguments[0], for_once, overwrite);
}
void output(Context& context, const Arguments& arguments) {
    refuse_when_safe(context.session, ".output");
    redirect(context, arguments, false);
}
void once(Context& context, const Arguments& arguments) {
    refuse_when_safe(context.session, ".once");
    if (arguments.empty()) wrong("usage: .once [--force] FILE | .once |COMMAND");
    redirect(context, arguments, true);
}
void pager(Context& context, const Arguments& arguments) {
    std::string& chosen = context.session.presentation.pager;
    if (arguments.empty()) {
        context.session.out() << (chosen.empty() ? "off" : chosen) << '\n';
        return;
    }
    if (arguments[0] == "off") {
        chosen.clear();
        return;
    }
    refuse_when_safe(context.session, ".pager");
    if (arguments[0] == "on")
        chosen = pager_of_environment().value_or("less -FRX");
    else
        chosen = context.rest;
}
void submit(Context& context, const Arguments& arguments) {
    if (arguments.size() != 1 || (arguments[0] != "semicolon" && arguments[0] != "auto"))
        wrong("usage: .submit auto|semicolon");
    context.session.semicolon_only = arguments[0] == "semicolon";
}
void timer(Context& context, const Arguments& arguments) {
    context.session.presentation.timer = on_or_off(arguments, ".timer");
}
void explain(Context& context, const Arguments& arguments) {
    const std::map<std::string, ExplainMode> modes{{"off", ExplainMode::off},
                                                   {"plan", ExplainMode::plan},
                                                   {"on", ExplainMode::plan},
                                                   {"analyze", ExplainMode::analyze},
                                                   {"json", ExplainMode::json}};
    const auto found = modes.find(arguments.empty() ? "plan" : arguments[0]);
    if (found == modes.end()) wrong("usage: .explain off|plan|analyze|json");
    context.session.explain = found->second;
}
void stats(Context& context, const Arguments& arguments) {
    const std::string what = arguments.empty() ? "" : arguments[0];
    if (!what.empty() && what != "graph" && what != "predicate" && what != "class")
        wrong("usage: .stats [graph|predicate|class]");
    if (what.empty() || what == "graph") print_graphs(context.session);
    if (what.empty() || what == "predicate") print_predicates(context.session, "");
    if (what.empty() || what == "class") print_classes(context.session, "");
}
void prefix(Context& context, const Arguments& arguments) {
    if (arguments.empty()) {
        for (const auto& [name, iri] : context.session.session_prefixes)
            context.session.out() << name << ": <" << iri << ">\n";
        return;
    }
    if (arguments.size() != 2) wrong("usage: .prefix NAME IRI");
    std::string name = arguments[0], iri = arguments[1];
    if (name.ends_with(':')) name.pop_back();
    if (iri.starts_with('<') && iri.ends_with('>')) iri = iri.substr(1, iri.size() - 2);
    if (!is_prefix_name(name)) wrong("'" + name + "' cannot be the name of a prefix");
    std::erase_if(context.session.session_prefixes,
                  [&](const auto& old) { return old.first == name; });
    context.session.session_prefixes.emplace_back(name, iri);
}
void prefixes(Context& context, const Arguments& arguments) {
    print_prefixes(context.session, !arguments.empty() && arguments[0] == "all");
}
void base(Context& context, const Arguments& arguments) {
    if (arguments.empty()) {
        context.session.out() << context.session.base << '\n';
        return;
    }
    std::string iri = arguments[0];
    if (iri.starts_with('<') && iri.ends_with('>')) iri = iri.substr(1, iri.size() - 2);
    context.session.base = iri;
}
void graphs(Context& context, const Arguments&) {
    print_graphs(context.session);
}
void predicates(Context& context, const Arguments& arguments) {
    print_predicates(context.session, arguments.empty() ? "" : arguments[0]);
}
void classes(Context& context, const Arguments& arguments) {
    print_classes(context.session, arguments.empty() ? "" : arguments[0]);
}
void describe(Context& context, const Arguments& arguments) {
    if (arguments.empty()) wrong("usage: .describe TERM");
    const Term term = term_of(context.session, std::string(context.rest));
    run_query(context, "DESCRIBE " + term.to_string());
}
void find(Context& context, const Arguments& arguments) {
    if (arguments.empty()) wrong("usage: .find TEXT");
    std::string text(context.rest);
    run_union_query(context,
                    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
                    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
                    "PREFIX dos: <https://w3id.org/dossier#>\n"
                    "SELECT DISTINCT ?subject ?predicate ?text WHERE {\n"
                    "  VALUES ?predicate { rdfs:label skos:prefLabel skos:altLabel dos:quote }\n"
                    "  ?subject ?predicate ?text\n"
                    "  FILTER(CONTAINS(LCASE(STR(?text)), LCASE(" +
                        string_literal(text) + ")))\n} ORDER BY ?subject ?text LIMIT 200");
}
void claims(Context& context, const Arguments& arguments) {
    if (arguments.empty()) wrong("usage: .claims PATTERN");
    context.session.run_pattern(context.rest, "pattern");
}
void parameters(Context& context, const Arguments& arguments) {
    auto& list = context.session.parameters;
    const std::string what = arguments.empty() ? "list" : arguments[0];
    const auto bare = [](std::string name) {
        if (name.starts_with('?') || name.starts_with('$')) name.erase(0, 1);
        return name;
    };
    if (what == "list") {
        for (const auto& [name, value] : list)
            context.session.out() << '?' << name << " = " << value.to_string() << '\n';
    } else if (what == "clear") {
        list.clear();
    } else if (what == "unset" && arguments.size() == 2) {
        std::erase_if(list, [&](const auto& old) { return old.first == bare(arguments[1]); });
    } else if (what == "set" && arguments.size() >= 3) {
        const std::string name = bare(arguments[1]);
        // The term as it was typed, its quotes included.
        std::string_view text = context.rest;
        for (int skipped = 0; skipped < 2; ++skipped) {
            text.remove_prefix(std::min(text.size(), text.find_first_of(" \t")));
            text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t")));
        }
        Term value = term_of(context.session, std::string(text));
        std::erase_if(list, [&](const auto& old) { return old.first == name; });
        list.emplace_back(name, std::move(value));
    } else {
        wrong("usage: .param set NAME TERM | unset NAME | list | clear");
    }
}
void begin(Context& context, const Arguments&) {
    context.session.begin();
}
void commit(Context& context, const Arguments&) {
    const UpdateReport report = context.session.commit();
    context.session.message(
        fmt::format("{} inserted, {} removed", grouped(report.inserted), grouped(report.removed)));
}
void rollback(Context& context, const Arguments&) {
    context.session.rollback();
}
void merged(Context& context, const Arguments& arguments) {
    context.session.union_default_graph = on_or_off(arguments, ".union");
}
void timeout(Context& context, const Arguments& arguments) {
    if (arguments.size() != 1) wrong("usage: .timeout 30s|500ms|2m|off");
    context.session.timeout = parse_duration(arguments[0]);
}
void threads(Context& context, const Arguments& arguments) {
    if (arguments.size() != 1) wrong("usage: .threads N");
    context.session.threads = static_cast<unsigned>(number(arguments[0], ".threads"));
}
void bail(Context& context, const Arguments& arguments) {
    context.session.bail = on_or_off(arguments, ".bail");
}
void echo(Context& context, const Arguments& arguments) {
    context.session.echo = on_or_off(arguments, ".echo");
}
void print(Context& context, const Arguments& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i)
        context.session.out() << (i > 0 ? " " : "") << arguments[i];
    context.session.out() << '\n';
}
void change_directory(Context& context, const Arguments& arguments) {
    refuse_when_safe(context.session, ".cd");
    if (arguments.size() != 1) wrong("usage: .cd DIRECTORY");
    std::error_code error;
    std::filesystem::current_path(arguments[0], error);
    if (error) wrong("'" + arguments[0] + "': " + error.message());
}
void shell(Context& context, const Arguments& arguments) {
    refuse_when_safe(context.session, ".shell");
    if (arguments.empty()) wrong("usage: .shell COMMAND");
    context.session.out().flush();
    const int code = std::system(std::string(context.rest).c_str());
    if (code != 0) context.session.message("the command failed");
}
void edit(Context& context, const Arguments&) {
    refuse_when_safe(context.session, ".edit");
    const char* editor = std::getenv("VISUAL");
    if (editor == nullptr || *editor == '\0') editor = std::getenv("EDITOR");
    if (editor == nullptr || *editor == '\0') wrong("neither VISUAL nor EDITOR names an editor");
    std::string name = std::filesystem::temp_directory_path() / "dossier-XXXXXX";
    const int descriptor = mkstemp(name.data());
    if (descriptor < 0) wrong("a temporary file cannot be made");
    ::close(descriptor);
    std::ofstream(name) << context.runner.last_statement();
    const int code = std::system((std::string(editor) + " " + name).c_str());
    std::ostringstream text;
    text << std::ifstream(name).rdbuf();
    std::filesystem::remove(name);
    if (code == 0) context.result.rerun = text.str();
}
void history(Context& context, const Arguments& arguments) {
    const std::vector<std::string> lines = context.runner.history();
    std::size_t count = arguments.empty() ? 20 : number(arguments[0], ".history");
    count = std::min(count, lines.size());
    for (std::size_t i = lines.size() - count; i < lines.size(); ++i)
        context.session.out() << lines[i] << '\n';
}
void show(Context& context, const Arguments&) {
    print_settings(context.session);
}
void set(Context& context, const Arguments& arguments) {
    Session& session = context.session;
    if (arguments.empty()) {
        print_store_settings(session);
        return;
    }
    if (arguments.size() != 2) wrong("usage: .set [NAME VALUE]");
    if (arguments[0] == "cache") {
        const std::size_t cache = parse_size(arguments[1]);
        if (session.in_transaction()) wrong("end the open transaction first");
        session.cache = cache;
        session.reopen_store();
        return;
    }
    session.writable_store().set_setting(arguments[0], arguments[1]);
}
void check(Context& context, const Arguments& arguments) {
    refuse_when_safe(context.session, ".check");
    if (arguments.empty()) wrong("usage: .check FILE...");
    const int code = check_files(context.session, arguments, false, true);
    if (code != 0) context.session.message("some files have errors");
}
void version(Context& context, const Arguments&) {
    context.session.out() << build_information();
}

const std::vector<Command>& commands() {
    static const std::vector<Command> list{
        {".base", ".base [IRI]", "IRI that relative IRIs are resolved against", "", base},
        {".bail", ".bail on|off", "stop at the first error", "", bail},
        {".begin", ".begin", "open a transaction around the updates that follow",
         "Queries in it see its changes; nobody else does before .commit.\n"
         "  .begin\n  INSERT DATA { :a :b :c }\n  .commit",
         begin},
        {".cd", ".cd DIRECTORY", "change the working directory", "", change_directory},
        {".check", ".check FILE...", "check the syntax of data, query and update files", "", check},
        {".claims", ".claims PATTERN", "who says so: what is asserted or claimed about a pattern",
         "  .claims :Wagner :requested ?what\nThe same as typing the pattern itself.", claims},
        {".classes", ".classes [TEXT]", "classes with their instances", "", classes},
        {".close", ".close", "close the store; go on in memory", "", close},
        {".commit", ".commit", "make the open transaction durable", "", commit},
        {".describe", ".describe TERM", "all about a resource, the claims on it included",
         "  .describe :Wagner", describe},
        {".dump", ".dump [OPTIONS] [FILE]", "write statements; options as of `dossier dump`",
         "  .dump -F trig all.trig\n  .dump --sorted -g default all.nt.gz", dump_statements},
        {".echo", ".echo on|off", "show each statement before it runs", "", echo},
        {".edit", ".edit", "edit the last statement with VISUAL or EDITOR and run it", "", edit},
        {".exit", ".exit [CODE]", "leave", "", quit},
        {".explain", ".explain off|plan|analyze|json", "show how queries are run",
         "plan shows the operators with estimates; analyze runs the query and adds rows and times.",
         explain},
        {".find", ".find TEXT", "search labels, names and quotes", "  .find wagner", find},
        {".graphs", ".graphs", "graphs with their statements", "", graphs},
        {".headers", ".headers on|off", "names of variables above list rows", "", headers},
        {".help", ".help [COMMAND|TEXT]", "this list, or more about one command", "", help},
        {".history", ".history [N]", "statements typed before", "", history},
        {".info", ".info", "the store: identity, size, counts", "", info},
        {".iris", ".iris short|full", "IRIs with prefixes, or whole", "", iris},
        {".limit", ".limit N", "show at most so many results of a statement; 0: all",
         "It counts in all modes and says when results were left out. .maxrows N shortens tables "
         "on\na terminal only, in their middle.",
         limit},
        {".load", ".load [OPTIONS] FILE...", "load files; options as of `dossier load`",
         "  .load artists.ttl.gz\n  .load -g http://example.org/g --replace a.nt", load_files},
        {".log", ".log [FILE|off]", "keep a log of what is run, how long it takes and how it ends",
         "A line for each statement, with the time in UTC; what the store reports is in it, too.",
         log},
        {".maxrows", ".maxrows N", "rows of a table on a terminal; 0: all", "", max_rows},
        {".maxwidth", ".maxwidth N", "columns of a cell; 0: what fits", "", max_width},
        {".mode", ".mode [MODE]", "how results are shown",
         "auto table ascii csv tsv json xml jsonl markdown html line list count none\n"
         "turtle trig ntriples nquads rdfxml (for CONSTRUCT and DESCRIBE)",
         mode},
        {".nullvalue", ".nullvalue TEXT", "what stands for an unbound value", "", null_value},
        {".once", ".once [--force] FILE | |COMMAND", "send the next result to a file or a program",
         "  .once works.csv\n  .once |sort -u", once},
        {".open", ".open [--read-only|--new] STORE", "open another store",
         "A store that does not exist is made at the first write; with --new it must not exist. "
         "What\na store in memory holds is lost: .save keeps it, and --force goes on without it.",
         open},
        {".output", ".output [[--force] FILE | |COMMAND]",
         "send results to a file or a program; alone: to the terminal again",
         "  .mode csv\n  .output works.csv\n  SELECT ...\n  .output", output},
        {".pager", ".pager on|off|COMMAND", "what shows tables longer than the screen",
         "on: the program DOSSIER_PAGER or PAGER names, else less. It is on from the start where "
         "one\n"
         "of them is set.",
         pager},
        {".param", ".param set|unset|list|clear NAME TERM", "parameters of the statements to come",
         "  .param set year 1880\n  SELECT ?who { ?who :born ?year }", parameters},
        {".predicates", ".predicates [TEXT]", "predicates with their statements", "", predicates},
        {".prefix", ".prefix [NAME IRI]", "set a prefix for this session", "", prefix},
        {".prefixes", ".prefixes [all]", "prefixes that are known", "", prefixes},
        {".print", ".print TEXT", "print a text", "", print},
        {".quit", ".quit [CODE]", "leave", "", quit},
        {".read", ".read FILE", "run the statements of a file", "", read_file},
        {".rollback", ".rollback", "undo the open transaction", "", rollback},
        {".save", ".save DIRECTORY", "make a store of what this one holds now",
         "  .load artists.ttl\n  .save museum\nMostly for a store in memory. The session stays "
         "where it is; .open goes on in the new store.",
         save_store},
        {".set", ".set [NAME VALUE]", "a setting of the store: union, durability; or cache",
         "  .set union on            queries without FROM read all graphs\n"
         "  .set durability relaxed  commits do not wait for the disk\n"
         "  .set cache 1G            memory that keeps what was read, in this session\n"
         "Alone it lists the settings of the store.",
         set},
        {".shell", ".shell COMMAND", "run a program", "", shell},
        {".show", ".show", "settings of this session", "", show},
        {".stats", ".stats [graph|predicate|class]", "what the store holds", "", stats},
        {".submit", ".submit auto|semicolon", "when a statement runs",
         "auto: a whole statement on one line at once; over several lines at a final ; or an "
         "empty\n"
         "line. semicolon: always at a final ;",
         submit},
        {".threads", ".threads N", "threads of loads", "", threads},
        {".timeout", ".timeout 30s|500ms|off", "limit the time of a statement", "", timeout},
        {".timer", ".timer on|off", "tell the time of each statement", "", timer},
        {".types", ".types on|off", "show datatypes and languages in tables", "", types},
        {".union", ".union on|off", "queries without FROM read all graphs", "", merged},
        {".version", ".version", "versions of the program and its libraries", "", version},
    };
    return list;
}

}  // namespace

const std::vector<std::string>& dot_command_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const Command& command : commands()) list.emplace_back(command.name);
        return list;
    }();
    return names;
}

DotResult run_dot_command(std::string_view line, Session& session, StatementRunner& runner) {
    const std::size_t name_end = std::min(line.size(), line.find_first_of(" \t"));
    const std::string name(line.substr(0, name_end));
    std::string_view rest = line.substr(name_end);
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(" \t")));
    while (!rest.empty() && (rest.back() == ' ' || rest.back() == '\t')) rest.remove_suffix(1);

    const Command* found = nullptr;
    std::vector<const Command*> abbreviated;
    for (const Command& command : commands()) {
        if (name == command.name) found = &command;
        if (std::string_view(command.name).starts_with(name)) abbreviated.push_back(&command);
    }
    if (found == nullptr && abbreviated.size() == 1) found = abbreviated.front();
    if (found == nullptr && abbreviated.size() > 1 && name.size() > 1) {
        std::string list;
        for (const Command* command : abbreviated)
            list += (list.empty() ? "" : ", ") + std::string(command->name);
        wrong("'" + name + "' may be " + list);
    }
    if (found == nullptr) {
        // What the shells of other databases have.
        const std::map<std::string, const char*> elsewhere{
            {".tables", ".classes, .predicates and .graphs tell what there is"},
            {".schema", ".classes, .predicates and .graphs tell what there is"},
            {".databases", ".info tells about the store"},
            {".import", ".load loads files"}};
        if (const auto known = elsewhere.find(name); known != elsewhere.end())
            wrong("there is no command '" + name + "'; " + known->second);
        const auto near = did_you_mean(name, dot_command_names());
        wrong("there is no command '" + name + "'" +
              (near ? "; did you mean " + *near + "?" : "; .help lists them"));
    }
    Context context{session, runner, rest, {}};
    found->run(context, split_arguments(rest));
    session.out().flush();
    return context.result;
}

}  // namespace dossier::shell
