#pragma once

#include <optional>
#include <string>

#include <dossier/error.h>
#include <dossier/export.h>
#include <dossier/term.h>

// Terms as C++ values.

namespace dossier {

// Reads a term as a C++ value: bool, integers, float, double, std::string, Term. Nothing where the
// term has no such value (a number out of range, an IRI asked for as an integer).
template <typename T>
std::optional<T> value_of(const TermView& term);
template <>
DOSSIER_EXPORT std::optional<bool> value_of<bool>(const TermView&);
template <>
DOSSIER_EXPORT std::optional<int> value_of<int>(const TermView&);
template <>
DOSSIER_EXPORT std::optional<unsigned> value_of<unsigned>(const TermView&);
template <>
DOSSIER_EXPORT std::optional<long> value_of<long>(const TermView&);
template <>
DOSSIER_EXPORT std::optional<unsigned long> value_of<unsigned long>(const TermView&);
template <>
DOSSIER_EXPORT std::optional<long long> value_of<long long>(const TermView&);
template <>
DOSSIER_EXPORT std::optional<unsigned long long> value_of<unsigned long long>(const TermView&);
template <>
DOSSIER_EXPORT std::optional<float> value_of<float>(const TermView&);
template <>
DOSSIER_EXPORT std::optional<double> value_of<double>(const TermView&);
// The text of any term: an IRI, a label, a lexical form, a triple term in Turtle syntax.
template <>
DOSSIER_EXPORT std::optional<std::string> value_of<std::string>(const TermView&);
template <>
DOSSIER_EXPORT std::optional<Term> value_of<Term>(const TermView&);

namespace detail {
[[noreturn]] DOSSIER_EXPORT void throw_no_value(const TermView& term);
}  // namespace detail

template <typename T>
std::optional<T> TermView::as() const {
    return value_of<T>(*this);
}

template <typename T>
T TermView::to() const {
    if (std::optional<T> value = value_of<T>(*this)) return *std::move(value);
    detail::throw_no_value(*this);
}

template <typename T>
std::optional<T> Term::as() const {
    return value_of<T>(view());
}

template <typename T>
T Term::to() const {
    return view().to<T>();
}

}  // namespace dossier
