#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <optional>
#include <string>
#include <vector>

#include <dossier/term.h>

// Numbers of literals: exact ones are fractions of any size.

namespace dossier::oracle {

using Fraction = boost::multiprecision::cpp_rational;
using Whole = boost::multiprecision::cpp_int;

struct Number {
    enum class Type { integer, decimal, single, real } type = Type::integer;
    Fraction exact;   // integer and decimal
    double real = 0;  // single and real
};

// Nothing for a term that is no number, ill-typed ones included.
std::optional<Number> number_of(const Term& term);
Term term_of(const Number& number);  // in canonical form
std::string decimal_text(const Fraction& exact);
double real_of(const Number& number);
float single_of(const Number& number);
// -1, 0, 1; nothing where NaN takes part.
std::optional<int> compare_numbers(const Number& a, const Number& b);

// Whether numbers have another sum in another order, or may have: there are doubles among them, and
// some sum on the way need not be exact.
bool order_decides_sum(const std::vector<Term>& numbers);

}  // namespace dossier::oracle
