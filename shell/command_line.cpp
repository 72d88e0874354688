#include "shell/command_line.h"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>

#include <dossier/dossier.h>

#include "shell/dot_commands.h"
#include "shell/session.h"
#include "shell/suggestion.h"
#include "shell/user_files.h"

namespace dossier::shell {

namespace {

constexpr const char* examples =
    "Examples:\n"
    "  dossier                                    a shell on an empty store in memory\n"
    "  dossier museum \"SELECT * { ?s ?p ?o } LIMIT 5\"\n"
    "  dossier load museum artists.ttl.gz\n"
    "  dossier query museum -f question.rq --format csv\n";

void add_prefix_options(CLI::App& app, Invocation& invocation) {
    app.add_option("--prefix", invocation.prefixes, "A prefix, as NAME=IRI (repeat for more)")
        ->allow_extra_args(false)
        ->take_all()
        ->type_name("P=IRI");
    app.add_option("--prefixes", invocation.prefixes_file,
                   "A Turtle or SPARQL file whose prefixes are known")
        ->type_name("FILE");
    app.add_option("--base", invocation.base, "IRI that relative IRIs are resolved against")
        ->type_name("IRI");
}

void add_parameters(CLI::App& app, Invocation& invocation) {
    app.add_option("--param", invocation.parameters,
                   "A parameter, as NAME=TERM in Turtle syntax (repeat for more)")
        ->allow_extra_args(false)
        ->take_all()
        ->type_name("NAME=TERM");
}

void add_evaluation_options(CLI::App& app, Invocation& invocation) {
    add_prefix_options(app, invocation);
    app.add_option("--default-graph", invocation.default_graphs, "Replaces FROM (repeat for more)")
        ->allow_extra_args(false)
        ->take_all()
        ->type_name("IRI");
    app.add_option("--named-graph,--namedgraph", invocation.named_graphs,
                   "Replaces FROM NAMED (repeat for more)")
        ->allow_extra_args(false)
        ->take_all()
        ->type_name("IRI");
    app.add_flag("--union", invocation.merged, "Queries without FROM read all graphs");
    app.add_option("--timeout", invocation.timeout, "Limit of time, such as 30s or 500ms")
        ->type_name("TIME");
    app.add_option("--memory", invocation.memory, "Limit of memory, such as 64M or 2G")
        ->type_name("SIZE");
    app.add_flag("--timing", invocation.timing, "Tell how long it took");
}

void add_load_options(CLI::App& app, LoadRequest& load) {
    app.add_option("-F,--format", load.format, "nt, nq, ttl, trig or rdf; else by the file's name")
        ->type_name("NAME");
    app.add_option("--base", load.base, "IRI that relative IRIs are resolved against")
        ->type_name("IRI");
    app.add_option("-g,--graph", load.graph, "Statements outside a graph go to this one")
        ->type_name("IRI");
    app.add_flag("--graph-from-file", load.graph_from_file,
                 "... to the graph named by the file's IRI");
    app.add_flag("--replace", load.replace, "Empty the target graph in the same commit");
    app.add_option("--on-error", load.on_error,
                   "stop (nothing is loaded) or skip (leaves out the broken statement)")
        ->type_name("stop|skip");
    app.add_option("--max-errors", load.max_errors, "With skip: give up after so many")
        ->type_name("N");
    app.add_option("--error-log", load.error_log, "With skip: errors go to this file")
        ->type_name("FILE");
    app.add_flag("--lenient", load.lenient, "Do not check IRIs and language tags");
    app.add_option("-j,--jobs", load.jobs, "Threads (all)")->type_name("N");
    app.add_option("--memory", load.memory, "Memory for sorting, such as 64M or 2G (1G)")
        ->type_name("SIZE");
    app.add_option("--limit", load.limit, "Stop after so many statements")->type_name("N");
    app.add_flag("--dry-run", load.dry_run, "Parse only");
}

}  // namespace

const std::vector<std::string>& command_names() {
    static const std::vector<std::string> names{
        "load",  "query", "update", "dump",     "convert", "check",   "info",
        "stats", "set",   "verify", "prefixes", "help",    "version", "completions"};
    return names;
}

namespace {

// Whether a word in the place of the store is a statement: a text with braces, or a dot command.
bool is_statement(const std::string& text) {
    if (text.find_first_of("{\n") != std::string::npos) return true;
    const std::vector<std::string>& commands = dot_command_names();
    return std::find(commands.begin(), commands.end(), text.substr(0, text.find(' '))) !=
           commands.end();
}

// Options of other subcommands than the one that is used are not looked at: several subcommands
// have options of one name.
class Configuration : public CLI::ConfigTOML {
  public:
    explicit Configuration(const CLI::App& app) : app_(app) {}

    std::vector<CLI::ConfigItem> from_config(std::istream& in) const override {
        std::vector<CLI::ConfigItem> items = CLI::ConfigTOML::from_config(in);
        const auto used = app_.get_subcommands();
        std::erase_if(items, [&](const CLI::ConfigItem& item) {
            return !item.parents.empty() &&
                   (used.empty() || used.front()->get_name() != item.parents.front());
        });
        return items;
    }

  private:
    const CLI::App& app_;
};

// `own_configuration` is the file that is read when the arguments name none; it may be missing.
ParsedCommandLine parse(int count, char** arguments, const std::string& own_configuration) {
    ParsedCommandLine result;
    Invocation& invocation = result.invocation;
    CLI::App app{"Keeps facts, with who says so, and answers SPARQL about them."};
    app.name("dossier");
    app.footer(examples);
    app.set_help_flag("-h,--help", "This text");
    app.set_version_flag("--version", std::string("dossier ") + std::string(version()),
                         "The version");
    app.require_subcommand(0, 1);
    app.get_formatter()->column_width(34);

    std::string color = "auto";
    app.add_flag("--safe", invocation.safe, "Statements may not use files, pipes or editors");
    app.add_flag("--no-safe", invocation.no_safe, "They may, also in scripts on standard input");
    app.add_option("--allow-load", invocation.allow_load, "LOAD <file:...> may read below DIR")
        ->type_name("DIR");
    app.add_flag("--yes", invocation.yes, "Do not ask before destroying");
    app.add_flag("--force", invocation.force, "Overwrite output files");
    app.add_flag("-q,--quiet", invocation.quiet, "No messages but errors");
    app.add_flag("-v,--verbose", invocation.verbose, "More messages");
    app.add_option("--color", color, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->type_name("WHEN");
    app.add_flag("--no-progress", invocation.no_progress, "No line of progress");
    app.add_flag("--no-init", invocation.no_init, "Do not read the start-up file");
    app.add_option("--init", invocation.init_file, "Read this start-up file instead")
        ->type_name("FILE");
    app.add_flag("-r,--read-only", invocation.read_only, "Open the store for reading");
    app.add_flag("--keep-going", invocation.keep_going, "Go on after a failed statement");
    app.add_flag("--relaxed", invocation.relaxed, "Commits do not wait for the disk");
    app.add_option("--cache", invocation.cache,
                   "Memory that keeps what was read, such as 1G (256M)")
        ->type_name("SIZE");
    app.set_config("--config", own_configuration,
                   "Options as TOML; else config.toml in the user's folder")
        ->type_name("FILE");
    app.config_formatter(std::make_shared<Configuration>(app));
    app.allow_config_extras(CLI::config_extras_mode::error);
    app.add_option("--log", invocation.log,
                   "Append a line for each statement, its time and its outcome")
        ->type_name("FILE");
    app.add_option("-l,--location", invocation.store)->group("");

    app.add_option("STORE", invocation.store, "A store's directory; without it, memory");
    app.add_option("STATEMENTS", invocation.statements, "Statements to run");

    const auto add = [&](const char* name, const char* summary, Command command) {
        CLI::App* sub = app.add_subcommand(name, summary);
        sub->fallthrough();
        sub->set_help_flag("-h,--help", "This text");
        sub->callback([&invocation, command] { invocation.command = command; });
        return sub;
    };
    const auto add_store = [&](CLI::App* sub, bool required) {
        CLI::Option* option = sub->add_option("STORE", invocation.store, "The store's directory");
        if (required) option->required();
    };

    CLI::App* load = add("load", "Load files of statements as one commit", Command::load);
    add_store(load, true);
    load->add_option("FILES", invocation.load.files,
                     "Files (.gz, .zst, .bz2 too); - is standard input")
        ->required();
    add_load_options(*load, invocation.load);
    load->footer(
        "Examples:\n  dossier load museum artists.ttl works.nt.gz\n"
        "  dossier load museum -g http://example.org/g --replace a.ttl\n"
        "  curl ... | dossier load museum - --format nt");

    CLI::App* query = add("query", "Ask one question", Command::query);
    query->add_option(
        "ARGUMENTS", invocation.statements,
        "STORE and the query's text; with --data the text alone; - is standard input");
    query->add_option("-f,--file", invocation.file, "Read the query from a file")
        ->type_name("FILE");
    query
        ->add_option(
            "-F,--format,--results,--results-format", invocation.format,
            "table, csv, tsv, json, xml, jsonl, markdown, line, turtle, ntriples, rdfxml ...")
        ->type_name("NAME");
    query->add_option("-o,--output", invocation.output, "Write results to a file")
        ->type_name("FILE");
    query
        ->add_option("--data", invocation.data,
                     "Ask about a file instead of a store (repeat for more)")
        ->allow_extra_args(false)
        ->take_all()
        ->type_name("FILE");
    query->add_option("--named", invocation.named_data, "... as a named graph (repeat for more)")
        ->allow_extra_args(false)
        ->take_all()
        ->type_name("FILE");
    add_parameters(*query, invocation);
    add_evaluation_options(*query, invocation);
    std::string explain;
    CLI::Option* explain_option =
        query->add_option("--explain", explain, "Show the plan instead: plan, analyze or json")
            ->expected(0, 1)
            ->type_name("[KIND]");
    query->add_flag("-e,--exit-status", invocation.exit_status,
                    "Exit with 1 when the answer is false or empty");
    query->footer(
        "Examples:\n  dossier query museum \"SELECT * { ?s ?p ?o } LIMIT 5\"\n"
        "  dossier query museum -f works.rq --param since=1880 -o works.csv\n"
        "  dossier query --data a.ttl \"ASK { ?s a ?t }\" -e");

    CLI::App* update = add("update", "Change the store: one request, one commit", Command::update);
    add_store(update, true);
    update->add_option("TEXT", invocation.text, "The update's text; - is standard input");
    update->add_option("-f,--file", invocation.file, "Read the update from a file")
        ->type_name("FILE");
    add_parameters(*update, invocation);
    add_evaluation_options(*update, invocation);
    update->add_flag("--dry-run", invocation.dry_run, "Tell what would change, and change nothing");
    update->footer(
        "Examples:\n  dossier update museum \"INSERT DATA { <urn:a> <urn:b> 1 }\"\n"
        "  dossier update museum -f fix.ru --dry-run\n"
        "  dossier update museum \"INSERT { ?who a <urn:Artist> } WHERE {}\" --param "
        "'who=<urn:ann>'");

    CLI::App* dump = add("dump", "Write statements", Command::dump);
    add_store(dump, true);
    dump->add_option("-F,--format", invocation.dump.format, "nt, nq, ttl, trig or rdf")
        ->type_name("NAME");
    dump->add_option("-o,--output", invocation.dump.output, "Write to a file (.gz, .zst compress)")
        ->type_name("FILE");
    dump->add_option("-g,--graph", invocation.dump.graphs,
                     "An IRI, default, or all (repeat for more)")
        ->allow_extra_args(false)
        ->take_all()
        ->type_name("GRAPH");
    dump->add_flag("--sorted", invocation.dump.sorted, "The same statements give the same bytes");
    dump->add_option("-z,--compress", invocation.dump.compression, "gz or zst")->type_name("NAME");

    CLI::App* convert =
        add("convert", "Convert files from one format to another", Command::convert);
    convert->add_option("FILES", invocation.files, "Files; none or - is standard input");
    convert->add_option("-F,--from", invocation.from, "Format of the input")->type_name("NAME");
    convert->add_option("-t,--to", invocation.to, "Format of the output")->type_name("NAME");
    convert->add_option("-o,--output", invocation.output, "Write to a file")->type_name("FILE");
    add_prefix_options(*convert, invocation);
    convert->add_flag("--merge-graphs", invocation.merge_graphs, "All graphs as one");
    convert
        ->add_option("-g,--graph", invocation.load.graph,
                     "Statements outside a graph go to this one")
        ->type_name("IRI");
    convert->add_flag("--lenient", invocation.load.lenient, "Do not check IRIs and language tags");

    CLI::App* check = add("check", "Check the syntax of data, .rq and .ru files", Command::check);
    check->add_option("FILES", invocation.files, "Files; - is standard input")->required();
    check->add_flag("--strict", invocation.strict, "Check IRIs and language tags (the default)");
    check->add_flag("--lenient", invocation.load.lenient, "Do not check IRIs and language tags");
    check->add_flag("--count", invocation.count, "Tell the number of statements");

    for (const auto& [name, command] :
         {std::pair("info", Command::info), std::pair("stats", Command::stats)}) {
        CLI::App* sub = add(name,
                            command == Command::info ? "Identity, size and counts of a store"
                                                     : "Graphs, predicates and classes of a store",
                            command);
        add_store(sub, true);
        sub->add_option("-F,--format", invocation.format,
                        "table or json (info), table or tsv (stats)")
            ->type_name("NAME");
    }

    CLI::App* set = add("set", "A setting of the store: union (on, off), durability", Command::set);
    add_store(set, true);
    set->add_option("NAME", invocation.name, "The setting; without it all are listed");
    set->add_option("VALUE", invocation.value, "Its value");

    CLI::App* verify = add("verify", "Check every stored byte", Command::verify);
    add_store(verify, true);

    CLI::App* prefixes = add("prefixes", "List, add, remove or learn prefixes", Command::prefixes);
    prefixes->add_option("STORE", invocation.store, "The store; without it the well-known ones");
    prefixes->add_option("ACTION", invocation.action, "list, add, remove or learn");
    prefixes->add_option("NAME", invocation.name, "The prefix, or the file to learn from");
    prefixes->add_option("IRI", invocation.value, "What it stands for");

    CLI::App* completions = add("completions", "Completions for a shell", Command::completions);
    completions->add_option("SHELL", invocation.topic, "bash, zsh or fish")->required();

    CLI::App* help = add("help", "Help on a command", Command::help);
    help->add_option("COMMAND", invocation.topic, "The command");

    CLI::App* version = add("version", "Versions", Command::version);
    version->add_flag("--build", invocation.build, "Of the libraries too");

    const auto usage_error = [&](const std::string& message) {
        std::cerr << "error: " << message << '\n';
        result.exit = exit_usage;
        return result;
    };
    try {
        app.parse(count, arguments);
    } catch (const CLI::CallForHelp& call) {
        app.exit(call);
        result.exit = exit_success;
        return result;
    } catch (const CLI::CallForAllHelp& call) {
        app.exit(call);
        result.exit = exit_success;
        return result;
    } catch (const CLI::CallForVersion& call) {
        app.exit(call);
        result.exit = exit_success;
        return result;
    } catch (const CLI::ParseError& error) {
        // An unknown option may be a known one misspelt.
        std::vector<std::string> known;
        const CLI::App* used = app.get_subcommands().empty() ? &app : app.get_subcommands().front();
        for (const CLI::App* level : {const_cast<const CLI::App*>(&app), used})
            for (const CLI::Option* option : level->get_options())
                for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
        std::string hint;
        for (int i = 1; i < count; ++i) {
            std::string word = arguments[i];
            if (!word.starts_with('-')) continue;
            word = word.substr(0, word.find('='));
            if (word.size() > 2 && word[1] != '-') word.insert(0, "-");  // -readonly
            if (std::find(known.begin(), known.end(), word) != known.end()) {
                if (std::string_view(arguments[i]).substr(0, 2) != "--" &&
                    std::string_view(arguments[i]).size() > 2)
                    hint = "; did you mean " + word + "?";
                continue;
            }
            if (const auto near = did_you_mean(word, known)) hint = "; did you mean " + *near + "?";
        }
        std::string message = error.what();
        // Of -readonly, -r has been taken for an option of its own.
        for (int i = 1; i < count; ++i) {
            const std::string_view word = arguments[i];
            if (word.size() > 3 && word[0] == '-' && word[1] != '-' &&
                message.ends_with(": -" + std::string(word.substr(2))))
                message.replace(message.rfind(": -"), std::string::npos, ": " + std::string(word));
        }
        constexpr std::string_view unknown = "INI was not able to parse ";
        if (message.starts_with(unknown))
            return usage_error("the configuration sets '" + message.substr(unknown.size()) +
                               "', which is no option");
        if (hint.empty() && !app.get_subcommands().empty())
            hint = "; dossier " + used->get_name() + " --help";
        return usage_error(message + hint);
    }

    if (color == "always") invocation.color = ColorChoice::always;
    if (color == "never") invocation.color = ColorChoice::never;
    if (explain_option->count() > 0) invocation.explain = explain.empty() ? "plan" : explain;

    if (invocation.command == Command::query) {
        // STORE TEXT; over files there is no store.
        auto& words = invocation.statements;
        if (invocation.data.empty() && invocation.named_data.empty()) {
            // One argument besides DOSSIER_STORE is the text, unless it is a store.
            const bool known = std::getenv("DOSSIER_STORE") != nullptr &&
                               words.size() + (invocation.file.empty() ? 0 : 1) <= 1 &&
                               !(words.size() == 1 && std::filesystem::is_directory(words.front()));
            if (invocation.store.empty() && !known) {
                if (words.empty()) return usage_error("query needs a store (or --data FILE)");
                invocation.store = words.front();
                words.erase(words.begin());
            }
        }
        if (words.size() > 1) return usage_error("query takes one text; quote it");
        if (!words.empty()) invocation.text = words.front();
        words.clear();
    }
    if ((invocation.command == Command::query || invocation.command == Command::update) &&
        !invocation.text.empty() && !invocation.file.empty())
        return usage_error("give the text or --file, not both");
    // A statement in place of the store: it is asked of memory (or of DOSSIER_STORE).
    if (invocation.command == Command::shell && is_statement(invocation.store) &&
        !std::filesystem::exists(invocation.store)) {
        invocation.statements.insert(invocation.statements.begin(), invocation.store);
        invocation.store.clear();
    }
    if (invocation.command == Command::shell && !invocation.store.empty() &&
        !std::filesystem::exists(invocation.store)) {
        // A word that is nearly a command and no store.
        if (const auto near = did_you_mean(invocation.store, command_names()))
            return usage_error("there is neither a store nor a command '" + invocation.store +
                               "'; did you mean " + *near + "? (a new store: ./" +
                               invocation.store + ")");
    }
    if (invocation.command == Command::shell && !invocation.store.empty() &&
        !std::filesystem::exists(invocation.store)) {
        // A command of another version, or of no version: its arguments would be read as
        // statements.
        static const std::vector<std::string> other_versions{"backup",  "compact", "forget",
                                                             "restore", "serve",   "upgrade"};
        const bool known = std::find(other_versions.begin(), other_versions.end(),
                                     invocation.store) != other_versions.end();
        const bool no_statement =
            !invocation.statements.empty() &&
            invocation.statements.front().find_first_of(" \t\n{}<>?:.;") == std::string::npos;
        if (known || no_statement)
            return usage_error("there is no command '" + invocation.store +
                               "'; dossier help lists them (a new store: ./" + invocation.store +
                               ")");
    }
    if (invocation.command == Command::help) {
        if (invocation.topic.empty()) {
            app.clear();  // else the help is that of the subcommand `help`
            std::cout << app.help();
        } else {
            try {
                std::cout << app.get_subcommand(invocation.topic)->help("dossier");
            } catch (const CLI::OptionNotFound&) {
                const auto near = did_you_mean(invocation.topic, command_names());
                return usage_error("there is no command '" + invocation.topic + "'" +
                                   (near ? "; did you mean " + *near + "?" : ""));
            }
        }
        result.exit = exit_success;
    }
    return result;
}

}  // namespace

ParsedCommandLine parse_command_line(int count, char** arguments) {
    const std::filesystem::path folder = configuration_folder();
    const std::filesystem::path own = folder.empty() ? folder : folder / "config.toml";
    std::error_code error;
    if (own.empty() || !std::filesystem::is_regular_file(own, error))
        return parse(count, arguments, {});
    // A broken file warns and never stops the start.
    std::ostringstream messages;
    std::streambuf* const errors = std::cerr.rdbuf(messages.rdbuf());
    ParsedCommandLine with = parse(count, arguments, own.string());
    std::cerr.rdbuf(errors);
    if (with.exit != exit_usage) {
        std::cerr << messages.str();
        return with;
    }
    ParsedCommandLine without = parse(count, arguments, {});
    if (without.exit != exit_usage)
        std::cerr << "warning: " << own.string() << " is left out: " << messages.str();
    return without;
}

}  // namespace dossier::shell
