#include "shell/commands.h"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <ostream>

#include "shell/completions.h"
#include "shell/compressed_stream.h"
#include "shell/dot_commands.h"
#include "shell/statement_runner.h"
#include "shell/store_report.h"
#include "shell/user_files.h"

namespace dossier::shell {

namespace {

std::string read_all(std::istream& in) {
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string without_byte_order_mark(std::string text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    return text;
}

std::string read_text_file(const std::string& file) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        throw InputError("'" + file + "' is a directory");
    std::ifstream in(file, std::ios::binary);
    if (!in) throw InputError("'" + file + "' cannot be read");
    return without_byte_order_mark(read_all(in));
}

// The prefixes a Turtle or SPARQL file declares.
Prefixes prefixes_of_file(const std::string& file) {
    Store scratch = Store::in_memory();
    LoadOptions options;
    options.format = DataFormat::trig;
    scratch.load_file(file, options);
    return scratch.prefixes();
}

void apply_prefixes(const Invocation& invocation, Session& session) {
    std::string file = invocation.prefixes_file;
    if (file.empty())
        if (const char* variable = std::getenv("DOSSIER_PREFIXES")) file = variable;
    if (!file.empty()) {
        session.user_prefixes = prefixes_of_file(file);
    } else {
        const std::filesystem::path own = configuration_folder() / "prefixes.ttl";
        std::error_code error;
        if (!own.empty() && std::filesystem::is_regular_file(own, error)) {
            try {
                session.user_prefixes = prefixes_of_file(own.string());
            } catch (const Error& problem) {
                session.message("warning: " + own.string() + " is left out: " + problem.what());
            }
        }
    }
    for (const std::string& entry : invocation.prefixes) {
        const std::size_t equals = entry.find('=');
        if (equals == std::string::npos)
            throw UsageError("--prefix takes NAME=IRI, not '" + entry + "'");
        std::string name = entry.substr(0, equals), iri = entry.substr(equals + 1);
        if (name.ends_with(':')) name.pop_back();
        if (iri.starts_with('<') && iri.ends_with('>')) iri = iri.substr(1, iri.size() - 2);
        if (!is_prefix_name(name))
            throw UsageError("'" + name + "' cannot be the name of a prefix");
        session.session_prefixes.emplace_back(name, iri);
    }
}

Term graph_name(const std::string& text) {
    return text == "default" ? Term() : Term::iri(text);
}

void apply_evaluation(const Invocation& invocation, Session& session) {
    session.base = invocation.base;
    if (invocation.merged) session.union_default_graph = true;
    if (!invocation.timeout.empty()) session.timeout = parse_duration(invocation.timeout);
    if (!invocation.memory.empty()) session.memory = parse_size(invocation.memory);
    for (const std::string& graph : invocation.default_graphs)
        session.default_graphs.push_back(graph_name(graph));
    for (const std::string& graph : invocation.named_graphs)
        session.named_graphs.push_back(graph_name(graph));
    session.presentation.timer = invocation.timing;
    for (const std::string& entry : invocation.parameters) {
        const std::size_t equals = entry.find('=');
        if (equals == std::string::npos || equals == 0)
            throw UsageError("--param takes NAME=TERM, not '" + entry + "'");
        std::string name = entry.substr(0, equals);
        if (name.starts_with('?') || name.starts_with('$')) name.erase(0, 1);
        session.parameters.emplace_back(
            name, parse_term(entry.substr(equals + 1), session.query_options("--param " + name)));
    }
    if (invocation.explain) {
        if (*invocation.explain == "plan")
            session.explain = ExplainMode::plan;
        else if (*invocation.explain == "analyze")
            session.explain = ExplainMode::analyze;
        else if (*invocation.explain == "json")
            session.explain = ExplainMode::json;
        else
            throw UsageError("--explain is plan, analyze or json, not '" + *invocation.explain +
                             "'");
    }
}

void apply_format(const Invocation& invocation, Session& session) {
    std::string name = invocation.format;
    if (name.empty() && !invocation.output.empty()) {
        const std::string extension =
            std::filesystem::path(without_compression(invocation.output)).extension();
        if (extension.size() > 1 && mode_of_name(extension.substr(1))) name = extension.substr(1);
    }
    if (name.empty())
        if (const char* variable = std::getenv("DOSSIER_FORMAT")) name = variable;
    if (name.empty()) return;
    const auto mode = mode_of_name(name);
    if (!mode) {
        std::string list;
        for (const std::string& known : mode_names()) list += (list.empty() ? "" : ", ") + known;
        throw UsageError("there is no format '" + name + "'; there are " + list);
    }
    session.presentation.mode = *mode;
}

// The statement a command is to run, and what messages call it.
std::pair<std::string, std::string> statement_text(const Invocation& invocation, const char* what) {
    if (!invocation.file.empty() && invocation.file != "-")
        return {read_text_file(invocation.file), invocation.file};
    if (invocation.text == "-" || invocation.file == "-")
        return {without_byte_order_mark(read_all(std::cin)), "standard input"};
    if (!invocation.text.empty()) return {invocation.text, what};
    if (isatty(STDIN_FILENO) == 0)
        return {without_byte_order_mark(read_all(std::cin)), "standard input"};
    throw UsageError(std::string("no ") + what +
                     " was given: write it behind the store, or name a "
                     "file with -f");
}

void require_store(Session& session) {
    if (!session.exists()) throw OpenError("there is no store '" + session.path() + "'");
}

int run_query(const Invocation& invocation, Session& session) {
    const auto [text, source] = statement_text(invocation, "query");
    if (!invocation.data.empty() || !invocation.named_data.empty()) {
        session.set_store("", false);
        std::vector<std::filesystem::path> files(invocation.data.begin(), invocation.data.end());
        if (!files.empty()) session.store().load_files(files);
        LoadOptions named;
        named.graph_from_file = true;
        files.assign(invocation.named_data.begin(), invocation.named_data.end());
        if (!files.empty()) session.store().load_files(files, named);
    } else {
        require_store(session);
        session.set_store(session.path(), true);
    }
    // Options are read after the store's prefixes are known.
    apply_evaluation(invocation, session);
    apply_format(invocation, session);
    if (!invocation.output.empty()) session.redirect(invocation.output, true, false);
    session.log().logged(text, [&, &text = text, &source = source] {
        return kind_of_statement(text) == StatementKind::pattern
                   ? session.run(text, source)
                   : session.run_query(without_end_mark(text), source);
    });
    session.out().flush();
    session.end_once();
    if (invocation.exit_status && !session.answered()) return exit_negative;
    return exit_success;
}

int run_load(const Invocation& invocation, Session& session) {
    std::string what = "load";
    for (const std::string& file : invocation.load.files) what += " " + file;
    return session.log().logged(what, [&] { return load(session, invocation.load); });
}

int run_update(const Invocation& invocation, Session& session) {
    const auto [text, source] = statement_text(invocation, "update");
    apply_evaluation(invocation, session);
    session.log().logged(text, [&, &text = text, &source = source] {
        return session.run_update(text, source, invocation.dry_run);
    });
    return exit_success;
}

int run_convert(const Invocation& invocation, Session& session) {
    session.set_store("", false);
    LoadRequest load = invocation.load;
    load.files = invocation.files;
    if (load.files.empty()) {
        if (isatty(STDIN_FILENO) != 0) throw UsageError("no file was named; - is standard input");
        load.files.push_back("-");
    }
    load.format = invocation.from;
    load.base = invocation.base;
    DumpRequest dump;
    dump.format = invocation.to;
    dump.output = invocation.output;
    if (invocation.merge_graphs) dump.graphs.push_back("all");
    if (dump.format.empty() && dump.output.empty()) dump.format = "nq";
    const bool quiet = std::exchange(session.quiet, true);
    shell::load(session, load);
    session.quiet = quiet;
    shell::dump(session, dump);
    return exit_success;
}

int run_set(const Invocation& invocation, Session& session) {
    require_store(session);
    if (invocation.name.empty()) {
        print_store_settings(session);
        return exit_success;
    }
    if (invocation.value.empty()) throw UsageError("usage: dossier set STORE NAME VALUE");
    session.writable_store().set_setting(invocation.name, invocation.value);
    return exit_success;
}

int run_prefixes(const Invocation& invocation, Session& session) {
    if (session.path().empty()) {
        print_prefixes(session, true);
        return exit_success;
    }
    require_store(session);
    std::string name = invocation.name;
    if (name.ends_with(':')) name.pop_back();
    if (invocation.action.empty() || invocation.action == "list") {
        print_prefixes(session, false);
    } else if (invocation.action == "add" && !invocation.value.empty()) {
        std::string iri = invocation.value;
        if (iri.starts_with('<') && iri.ends_with('>')) iri = iri.substr(1, iri.size() - 2);
        session.writable_store().set_prefix(name, iri);
    } else if (invocation.action == "remove" && !invocation.name.empty()) {
        session.writable_store().remove_prefix(name);
    } else if (invocation.action == "learn" && !invocation.name.empty()) {
        for (const auto& [learned, iri] : prefixes_of_file(invocation.name))
            session.writable_store().set_prefix(learned, iri);
    } else {
        throw UsageError(
            "usage: dossier prefixes STORE [list | add NAME IRI | remove NAME | learn FILE]");
    }
    return exit_success;
}

int run_verify(Session& session) {
    require_store(session);
    const std::vector<std::string> problems = session.store().verify();
    for (const std::string& problem : problems) session.out() << problem << '\n';
    if (problems.empty()) session.message("the store is sound");
    return problems.empty() ? exit_success : exit_failure;
}

std::string history_file() {
    if (const char* variable = std::getenv("DOSSIER_HISTORY")) return variable;
    const std::filesystem::path folder = state_folder();
    if (folder.empty()) return {};
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return {};
    return folder / "history";
}

// The start-up file: dot commands and statements. A bad line warns and never stops the start.
void run_init_file(const Invocation& invocation, Session& session) {
    if (invocation.no_init) return;
    std::string file = invocation.init_file;
    if (file.empty()) {
        const std::filesystem::path own = configuration_folder() / "init.dossier";
        std::error_code error;
        if (own.empty() || !std::filesystem::is_regular_file(own, error)) return;
        file = own;
    }
    StatementRunner runner(session, false);
    runner.keep_going = true;
    runner.run_file(file);
}

int run_shell(const Invocation& invocation, Session& session) {
    const bool terminal = isatty(STDIN_FILENO) != 0;
    if (session.read_only() && !session.path().empty()) require_store(session);
    if (!terminal && session.exists()) session.store();
    if (!invocation.statements.empty()) {
        StatementRunner runner(session, false);
        runner.keep_going = invocation.keep_going;
        int first_failure = 0;
        for (const std::string& statement : invocation.statements) {
            const auto code = runner.run_text(statement, "statement");
            if (!code) continue;
            if (!invocation.keep_going) return *code;
            if (first_failure == 0) first_failure = *code;
        }
        return first_failure;
    }
    session.safe = invocation.safe || (!terminal && !invocation.no_safe);
    if (!terminal) {
        StatementRunner runner(session, false);
        runner.keep_going = invocation.keep_going;
        return runner.run(*make_stream_reader(std::cin), "standard input");
    }
    session.interrupts().set_interactive(true);
    session.presentation.pager = pager_of_environment().value_or("");
    run_init_file(invocation, session);
    // The banner comes when the store is open, not before.
    if (session.exists()) session.store();
    if (!session.quiet) {
        session.out() << "dossier " << version() << ", "
                      << (session.path().empty() ? "an empty store in memory"
                                                 : "store " + session.path() +
                                                       (session.exists() ? "" : " (not made yet)"))
                      << "\n.help lists commands; .quit or Ctrl-D leaves\n";
        if (session.durability == Durability::relaxed)
            session.out()
                << "durability is relaxed: a crash of the machine may lose the last commits\n";
        session.out().flush();
    }
    StatementRunner runner(session, true);
    const auto reader = make_terminal_reader(history_file(), make_completer(session));
    const int code = runner.run(*reader, "statement");
    if (code != exit_interrupted) session.out() << '\n';
    return code;
}

}  // namespace

int run_command(const Invocation& invocation, Session& session) {
    session.quiet = invocation.quiet;
    session.verbose = invocation.verbose;
    session.progress = !invocation.no_progress;
    session.force = invocation.force;
    session.yes = invocation.yes;
    session.safe = invocation.safe;
    session.allowed_load_directory = invocation.allow_load;
    if (invocation.relaxed) session.durability = Durability::relaxed;
    if (!invocation.cache.empty()) session.cache = parse_size(invocation.cache);
    if (!invocation.log.empty()) session.log().open(invocation.log);
    std::string store = invocation.store;
    if (store.empty())
        if (const char* variable = std::getenv("DOSSIER_STORE")) store = variable;
    const bool reads_only =
        invocation.command == Command::dump || invocation.command == Command::info ||
        invocation.command == Command::stats || invocation.command == Command::verify ||
        (invocation.command == Command::set && invocation.name.empty()) ||
        (invocation.command == Command::prefixes &&
         (invocation.action.empty() || invocation.action == "list"));
    session.set_store(store, invocation.read_only || reads_only);
    apply_prefixes(invocation, session);

    switch (invocation.command) {
        case Command::shell:
            return run_shell(invocation, session);
        case Command::load:
            return run_load(invocation, session);
        case Command::query:
            return run_query(invocation, session);
        case Command::update:
            return run_update(invocation, session);
        case Command::dump:
            require_store(session);
            dump(session, invocation.dump);
            return exit_success;
        case Command::convert:
            return run_convert(invocation, session);
        case Command::check:
            session.set_store("", false);
            return check_files(session, invocation.files, invocation.load.lenient,
                               invocation.count);
        case Command::info:
            require_store(session);
            print_info(session, invocation.format == "json");
            return exit_success;
        case Command::stats:
            require_store(session);
            apply_format(invocation, session);
            print_graphs(session);
            print_predicates(session, "");
            print_classes(session, "");
            return exit_success;
        case Command::set:
            return run_set(invocation, session);
        case Command::verify:
            return run_verify(session);
        case Command::prefixes:
            return run_prefixes(invocation, session);
        case Command::version:
            if (invocation.build)
                session.out() << build_information();
            else
                session.out() << "dossier " << version() << '\n';
            return exit_success;
        case Command::completions:
            return print_completions(invocation.topic, session.out());
        case Command::help:
            break;
    }
    return exit_success;
}

}  // namespace dossier::shell
