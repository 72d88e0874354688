#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/json_text.h"
#include "engine/query_executor.h"

namespace dossier::engine {

namespace {

// Characters, not bytes: branches and names are UTF-8.
std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

std::string rounded(double rows) {
    if (rows < 0.5) return "0";
    if (rows < 100) return fmt::format("{:.0f}", rows);
    // Two digits are all that an estimate is worth.
    const double scale = std::pow(10, std::floor(std::log10(rows)) - 1);
    return fmt::format("{:.0f}", std::round(rows / scale) * scale);
}

struct Line {
    std::string text;
    std::string numbers;
};

void add_lines(const PlanNode& node, const PlanNames& names, const ExecutionContext* executed,
               const std::string& branch, const std::string& below, std::vector<Line>& out) {
    Line line;
    line.text = branch + node.describe(names);
    line.numbers = "~" + rounded(node.estimate().rows) + " rows";
    if (executed != nullptr) {
        if (const OperatorStatistics* found = executed->find_statistics(node)) {
            line.numbers +=
                fmt::format(", {} rows in {:.3f} ms", found->rows,
                            std::chrono::duration<double, std::milli>(found->time).count());
            if (found->operators > 1) line.numbers += fmt::format(", {} times", found->operators);
            if (found->spilled_bytes > 0)
                line.numbers += fmt::format(", {} bytes spilled", found->spilled_bytes);
        } else {
            line.numbers += ", not run";
        }
    }
    out.push_back(std::move(line));
    for (std::size_t i = 0; i < node.inputs().size(); ++i) {
        const bool last = i + 1 == node.inputs().size();
        add_lines(*node.inputs()[i], names, executed, below + (last ? "└─ " : "├─ "),
                  below + (last ? "   " : "│  "), out);
    }
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

void add_json(const PlanNode& node, const PlanNames& names, const ExecutionContext* executed,
              std::string& out) {
    const std::string line = node.describe(names);
    const std::size_t colon = line.find(": ");
    out += "{\"operator\":" + json_string(line.substr(0, colon));
    if (colon != std::string::npos) out += ",\"detail\":" + json_string(line.substr(colon + 2));
    out += fmt::format(",\"estimated_rows\":{:.0f},\"estimated_cost\":{:.0f}", node.estimate().rows,
                       node.estimate().cost);
    const auto list = [&](const char* name, const std::vector<Variable>& variables) {
        out += std::string(",\"") + name + "\":[";
        for (std::size_t i = 0; i < variables.size(); ++i)
            out += (i > 0 ? "," : "") + json_string(names.variable(variables[i]));
        out += "]";
    };
    list("variables", node.variables());
    list("order", node.order());
    if (executed != nullptr) {
        if (const OperatorStatistics* found = executed->find_statistics(node))
            out += fmt::format(
                ",\"rows\":{},\"batches\":{},\"runs\":{},\"nanoseconds\":{},\"spilled_bytes\":{}",
                found->rows, found->batches, found->operators, found->time.count(),
                found->spilled_bytes);
    }
    if (!node.inputs().empty()) {
        out += ",\"inputs\":[";
        for (std::size_t i = 0; i < node.inputs().size(); ++i) {
            if (i > 0) out += ",";
            add_json(*node.inputs()[i], names, executed, out);
        }
        out += "]";
    }
    out += "}";
}

}  // namespace

std::string QueryPlan::explain(const ExecutionContext* executed) const {
    std::vector<Line> lines;
    add_lines(*root_, names_, executed, "", "", lines);
    std::size_t width = 0;
    for (const Line& line : lines) width = std::max(width, width_of(line.text));
    width = std::min<std::size_t>(width, 100);
    std::string out;
    for (const Line& line : lines) {
        const std::size_t used = width_of(line.text);
        out += line.text + std::string(used < width ? width - used : 0, ' ') + "  " + line.numbers +
               "\n";
    }
    return out;
}

std::string QueryPlan::explain_json(const ExecutionContext* executed) const {
    std::string out;
    add_json(*root_, names_, executed, out);
    return out;
}

}  // namespace dossier::engine
