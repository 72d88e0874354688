#pragma once

#include <cstdint>

#include <dossier/term.h>

#include "rdf/value.h"
#include "storage/term_id.h"

namespace dossier::engine {

// One value while an expression is evaluated: as compact as it came or was computed, so that
// nothing is decoded, written as text or interned that nobody asks for. Pointers are into the
// FunctionScope's memory and valid until its next begin().
struct Cell {
    enum class Kind : std::uint8_t {
        error,    // also: unbound
        id,       // a term by its id
        boolean,  // xsd:boolean
        integer,  // xsd:integer of 64 bits
        decimal,  // xsd:decimal coefficient / 10^scale, scale <= max_scale
        float_,   // xsd:float
        double_,  // xsd:double
        value,    // any other known value in canonical form
        term,     // a term in its written form
    };
    static constexpr std::uint8_t max_scale = 18;

    Kind kind = Kind::error;
    std::uint8_t scale = 0;  // of a decimal
    union {
        std::uint64_t bits = 0;
        bool flag;
        std::int64_t number;  // integer, or a decimal's coefficient
        float real_float;
        double real;
        const Value* value;
        const TermView* term;
    };

    static Cell of(storage::TermId id) {
        Cell cell;
        if (!id.bound()) return cell;
        cell.kind = Kind::id;
        cell.bits = id.bits;
        return cell;
    }
    static Cell boolean(bool flag) {
        Cell cell;
        cell.kind = Kind::boolean;
        cell.flag = flag;
        return cell;
    }
    static Cell integer(std::int64_t number) {
        Cell cell;
        cell.kind = Kind::integer;
        cell.number = number;
        return cell;
    }
    static Cell decimal(std::int64_t coefficient, std::uint8_t scale) {
        Cell cell;
        cell.kind = Kind::decimal;
        cell.scale = scale;
        cell.number = coefficient;
        return cell;
    }
    static Cell of_float(float real) {
        Cell cell;
        cell.kind = Kind::float_;
        cell.real_float = real;
        return cell;
    }
    static Cell of_double(double real) {
        Cell cell;
        cell.kind = Kind::double_;
        cell.real = real;
        return cell;
    }
    // The pointed-to value must outlive the cell: FunctionScope::make_value().
    static Cell of(const Value* value) {
        Cell cell;
        cell.kind = Kind::value;
        cell.value = value;
        return cell;
    }
    static Cell of(const TermView* term) {
        Cell cell;
        cell.kind = Kind::term;
        cell.term = term;
        return cell;
    }

    bool is_error() const { return kind == Kind::error; }
    storage::TermId id() const { return {bits}; }
    // Does not point into a scope: may be kept beyond it.
    bool is_portable() const { return kind < Kind::value; }
    // A number of 64 bits in one of the four forms.
    bool is_small_number() const { return kind >= Kind::integer && kind <= Kind::double_; }
    bool is_exact_number() const { return kind == Kind::integer || kind == Kind::decimal; }
};
static_assert(sizeof(Cell) == 16);

}  // namespace dossier::engine
