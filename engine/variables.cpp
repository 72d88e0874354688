#include "engine/variables.h"

namespace dossier::engine {

Variable Variables::add(std::string_view name) {
    names_.emplace_back(name);
    return static_cast<Variable>(names_.size() - 1);
}

Variable Variables::fresh() {
    names_.emplace_back();
    return static_cast<Variable>(names_.size() - 1);
}

std::string Variables::display(Variable variable) const {
    const std::string& name = names_[variable];
    return name.empty() ? "?_" + std::to_string(variable) : "?" + name;
}

}  // namespace dossier::engine
