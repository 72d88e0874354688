#include <clocale>
#include <exception>
#include <iostream>

#include "shell/command_line.h"
#include "shell/commands.h"
#include "shell/interrupt.h"
#include "shell/session.h"

int main(int count, char** arguments) {
    using namespace dossier::shell;
    // Only for the line editor, which must know that the terminal speaks UTF-8.
    if (std::setlocale(LC_CTYPE, "") == nullptr || MB_CUR_MAX == 1)
        std::setlocale(LC_CTYPE, "C.UTF-8");
    std::ios::sync_with_stdio(false);

    const ParsedCommandLine parsed = parse_command_line(count, arguments);
    if (parsed.exit) return *parsed.exit;
    InterruptWatch interrupts;
    Session session(interrupts, parsed.invocation.color);
    try {
        const int code = run_command(parsed.invocation, session);
        session.out().flush();
        session.close_store();
        return code;
    } catch (const std::exception& error) {
        session.discard_once();
        session.out().flush();
        return report_error(error, session.err(), session.err_terminal());
    }
}
