#include "engine/function_scope.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include <dossier/error.h>

#include "rdf/vocabulary.h"
#include "storage/inline_term.h"

namespace dossier::engine {

using storage::Tag;

namespace {

constexpr std::size_t first_block = std::size_t{16} << 10;
constexpr std::size_t largest_block = std::size_t{1} << 20;
constexpr const char* evaluating = "evaluating an expression";

// Constants are folded ahead only while they are small; who folds them takes the error for that.
constexpr std::size_t largest_constant = std::size_t{1} << 20;

void expect_constant(std::size_t bytes) {
    if (bytes > largest_constant) throw LimitError("a constant is too large to be folded");
}

bool is_dictionary(TermId id) {
    return id.bound() && !id.is_inline() && id.tag() != Tag::computed;
}

}  // namespace

ScratchMemory::ScratchMemory(MemoryBudget* budget) {
    if (budget != nullptr) charge_.emplace(*budget);
}

char* ScratchMemory::allocate(std::size_t bytes) {
    const std::size_t aligned = (bytes + 7) & ~std::size_t{7};
    if (blocks_.empty() || blocks_.back().size - used_ < aligned) {
        std::size_t size =
            blocks_.empty() ? first_block : std::min(largest_block, blocks_.back().size * 2);
        size = std::max(size, aligned);
        if (charge_)
            charge_->add(size, evaluating);
        else
            expect_constant(bytes_ + size);
        blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
        bytes_ += size;
        used_ = 0;
    }
    char* place = blocks_.back().memory.get() + used_;
    used_ += aligned;
    return place;
}

std::string_view ScratchMemory::copy(std::string_view text) {
    if (text.empty()) return {};
    char* place = allocate(text.size());
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
}

void ScratchMemory::clear() {
    used_ = 0;
    if (blocks_.size() <= 1 && (blocks_.empty() || blocks_.front().size <= largest_block)) return;
    // The largest that is not too large serves the next batch.
    std::size_t keep = 0;
    for (std::size_t i = 0; i < blocks_.size(); ++i)
        if (blocks_[i].size <= largest_block && blocks_[i].size >= blocks_[keep].size) keep = i;
    Block kept = std::move(blocks_[keep]);
    blocks_.clear();
    bytes_ = 0;
    if (kept.size <= largest_block) {
        bytes_ = kept.size;
        blocks_.push_back(std::move(kept));
    }
    if (charge_) charge_->set(bytes_, evaluating);
}

FunctionScope::FunctionScope(ExecutionContext* context, const std::string& base,
                             StopQuestion* question)
    : context_(context),
      question_(question),
      base_(base),
      memory_(context == nullptr ? nullptr : &context->memory()) {}

void FunctionScope::ask() {
    work_ = 0;
    if (context_ != nullptr) context_->check();
    if (question_ != nullptr) question_->ask();
}

void FunctionScope::begin() {
    ++batch_number_;
    values_.clear();
    decoded_.clear();
    memory_.clear();
}

const TermView* FunctionScope::copy(const TermView& term) {
    switch (term.kind()) {
        case TermKind::iri:
            return memory_.make<TermView>(TermView::iri(memory_.copy(term.text())));
        case TermKind::blank_node:
            return memory_.make<TermView>(TermView::blank_node(memory_.copy(term.text())));
        case TermKind::literal:
            break;
        case TermKind::triple: {
            const TripleView& from = term.triple();
            const TermView* subject = copy(from.subject);
            const TermView* predicate = copy(from.predicate);
            const TermView* object = copy(from.object);
            return memory_.make<TermView>(TermView::triple(
                *memory_.make<TripleView>(TripleView{*subject, *predicate, *object})));
        }
    }
    if (!term.language().empty())
        return memory_.make<TermView>(TermView::language_literal(
            memory_.copy(term.text()), memory_.copy(term.language()), term.direction()));
    // Known datatypes have their IRI for ever.
    std::string_view iri = term.datatype();
    const std::string_view known = iri_of(datatype_of(iri));
    iri = known.empty() ? memory_.copy(iri) : known;
    return memory_.make<TermView>(TermView::literal(memory_.copy(term.text()), iri));
}

void FunctionScope::decode(std::span<const Cell> cells) {
    wanted_.clear();
    std::uint64_t last = 0;
    for (const Cell& cell : cells) {
        if (cell.kind != Cell::Kind::id || cell.bits == last || !is_dictionary(cell.id())) continue;
        last = cell.bits;
        if (!decoded_.contains(cell.bits)) wanted_.push_back(cell.id());
    }
    if (wanted_.empty()) return;
    std::sort(wanted_.begin(), wanted_.end());
    wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
    context_->snapshot().terms(wanted_, [this](std::size_t index, const TermView& term) {
        decoded_[wanted_[index].bits].term = copy(term);
    });
}

FunctionScope::Decoded& FunctionScope::decoded(TermId id) {
    const auto found = decoded_.find(id.bits);
    if (found != decoded_.end() && found->second.term != nullptr) return found->second;
    const TermView* term = nullptr;
    if (id.is_inline()) {
        storage::InlineText text;
        term = copy(storage::decode_inline(id, text));
    } else if (id.tag() == Tag::computed) {
        std::string buffer;
        const TermView found_term = context_->computed().view(id, buffer);
        term = buffer.empty() ? view(found_term) : copy(found_term);
    } else {
        const std::array<TermId, 1> one{id};
        context_->snapshot().terms(
            one, [&](std::size_t, const TermView& found_term) { term = copy(found_term); });
    }
    Decoded& entry = decoded_[id.bits];
    entry.term = term;
    return entry;
}

const TermView* FunctionScope::term(const Cell& cell) {
    switch (cell.kind) {
        case Cell::Kind::error:
            return nullptr;
        case Cell::Kind::id: {
            const TermView* found = decoded(cell.id()).term;
            if (!found->is_triple()) work_ += found->text().size();
            return found;
        }
        case Cell::Kind::boolean:
            return view(TermView::literal(cell.flag ? "true" : "false", xsd::boolean));
        case Cell::Kind::integer: {
            std::array<char, 24> text;
            const auto end = std::to_chars(text.data(), text.data() + text.size(), cell.number);
            return view(TermView::literal(
                memory_.copy({text.data(), static_cast<std::size_t>(end.ptr - text.data())}),
                xsd::integer));
        }
        case Cell::Kind::term:
            if (!cell.term->is_triple()) work_ += cell.term->text().size();
            return cell.term;
        default: {
            const Value known = value(cell);
            std::string text;
            append_lexical(text, known);
            const std::string_view copied = memory_.copy(text);
            if (known.kind() == ValueKind::language_string)
                return view(TermView::language_literal(copied, memory_.copy(known.language()),
                                                       known.direction()));
            return view(TermView::literal(copied, iri_of(known.datatype())));
        }
    }
}

Value FunctionScope::value(const Cell& cell) {
    switch (cell.kind) {
        case Cell::Kind::error:
            return {};
        case Cell::Kind::id: {
            const TermId id = cell.id();
            const Tag tag = id.tag();
            if (storage::is_inline_integer(id))
                return Value::integer(storage::integer_value(id), storage::inline_datatype(id));
            if (tag >= Tag::date_time_zoned_seconds && tag <= Tag::g_year_month)
                return Value::date_time(storage::date_time_value(id));
            if (tag == Tag::boolean) return Value::boolean(storage::boolean_value(id));
            if (tag == Tag::decimal || tag == Tag::double_scientific || tag == Tag::double_plain ||
                tag == Tag::float_number)
                return value(unpack(cell));
            if (tag == Tag::iri || tag == Tag::name || tag == Tag::blank_node || tag == Tag::triple)
                return {};
            Decoded& entry = decoded(id);
            if (entry.value == nullptr) {
                values_.push_back(parse_value(*entry.term));
                entry.value = &values_.back();
            }
            return *entry.value;
        }
        case Cell::Kind::boolean:
            return Value::boolean(cell.flag);
        case Cell::Kind::integer:
            return Value::integer(cell.number);
        case Cell::Kind::decimal:
            return Value::decimal(*Decimal::of(Integer(cell.number), cell.scale));
        case Cell::Kind::float_:
            return Value::real_float(cell.real_float);
        case Cell::Kind::double_:
            return Value::real(cell.real);
        case Cell::Kind::value:
            return *cell.value;
        case Cell::Kind::term:
            return parse_value(*cell.term);
    }
    return {};
}

TermId FunctionScope::id(const Cell& cell) {
    switch (cell.kind) {
        case Cell::Kind::error:
            return storage::unbound;
        case Cell::Kind::id:
            return cell.id();
        case Cell::Kind::integer: {
            constexpr std::int64_t limit = std::int64_t{1} << 57;
            if (cell.number >= -limit && cell.number < limit)
                return TermId::of(Tag::integer, static_cast<std::uint64_t>(cell.number + limit));
            break;
        }
        case Cell::Kind::decimal: {
            std::int64_t coefficient = cell.number;
            std::uint8_t scale = cell.scale;
            while (scale > 0 && coefficient % 10 == 0) coefficient /= 10, --scale;
            if (scale > 7) break;
            constexpr std::int64_t limit = std::int64_t{1} << 54;
            std::int64_t scaled = coefficient;
            bool fits = true;
            for (int i = scale; i < 7 && fits; ++i)
                fits = !__builtin_mul_overflow(scaled, 10, &scaled);
            if (!fits || scaled < -limit || scaled >= limit) break;
            return TermId::of(Tag::decimal,
                              (static_cast<std::uint64_t>(scaled + limit) << 3) | scale);
        }
        default:
            break;
    }
    return id_of(*term(cell));
}

TermId FunctionScope::id_of(const TermView& term) {
    return passing_ != nullptr ? passing_->add(term) : context_->computed().intern(term);
}

Cell FunctionScope::make_value(Value value) {
    switch (value.kind()) {
        case ValueKind::boolean:
            return Cell::boolean(value.as_boolean());
        case ValueKind::integer:
            if (value.datatype() == Datatype::integer && value.as_integer().fits_int64())
                return Cell::integer(value.as_integer().int64());
            break;
        case ValueKind::decimal: {
            const Decimal& decimal = value.as_decimal();
            if (decimal.scale() <= Cell::max_scale && decimal.coefficient().fits_int64())
                return Cell::decimal(decimal.coefficient().int64(),
                                     static_cast<std::uint8_t>(decimal.scale()));
            break;
        }
        case ValueKind::float_:
            return Cell::of_float(value.as_float());
        case ValueKind::double_:
            return Cell::of_double(value.as_double());
        default:
            break;
    }
    values_.push_back(std::move(value));
    return Cell::of(&values_.back());
}

const TermView* FunctionScope::view(const TermView& borrowed) {
    return memory_.make<TermView>(borrowed);
}

Cell FunctionScope::make_term(const TermView& term) {
    return Cell::of(copy(term));
}

Cell FunctionScope::make_string(std::string_view text) {
    return borrow_string(memory_.copy(text));
}

Cell FunctionScope::borrow_string(std::string_view text) {
    return Cell::of(view(TermView::literal(text)));
}

Cell FunctionScope::borrow_string_like(std::string_view text, const TermView& like) {
    if (like.language().empty()) return borrow_string(text);
    return Cell::of(view(TermView::language_literal(text, like.language(), like.direction())));
}

void FunctionScope::expect_room(std::size_t bytes) {
    if (context_ == nullptr) {
        expect_constant(bytes);
        return;
    }
    MemoryCharge probe(context_->memory());
    probe.set(bytes, evaluating);
}

Cell unpack_slowly(const Cell& cell) {
    const TermId id = cell.id();
    const Tag tag = id.tag();
    if (storage::is_inline_integer(id)) return Cell::integer(storage::integer_value(id));
    switch (tag) {
        case Tag::decimal:
            return Cell::decimal(storage::decimal_value(id), 7);
        case Tag::double_scientific:
        case Tag::double_plain:
            return Cell::of_double(storage::double_value(id));
        case Tag::float_number:
            return Cell::of_float(storage::float_value(id));
        case Tag::boolean:
            return Cell::boolean(storage::boolean_value(id));
        default:
            return cell;
    }
}

Truth effective_boolean(FunctionScope& scope, const Cell& cell) {
    const Cell plain = unpack(cell);
    switch (plain.kind) {
        case Cell::Kind::error:
            return Truth::error;
        case Cell::Kind::boolean:
            return to_truth(plain.flag);
        case Cell::Kind::integer:
        case Cell::Kind::decimal:
            return to_truth(plain.number != 0);
        case Cell::Kind::float_:
            return to_truth(plain.real_float != 0 && !std::isnan(plain.real_float));
        case Cell::Kind::double_:
            return to_truth(plain.real != 0 && !std::isnan(plain.real));
        case Cell::Kind::value: {
            const auto truth = effective_boolean_value(*plain.value);
            return truth ? to_truth(*truth) : Truth::error;
        }
        default: {
            const auto truth = effective_boolean_value(*scope.term(plain));
            return truth ? to_truth(*truth) : Truth::error;
        }
    }
}

}  // namespace dossier::engine
