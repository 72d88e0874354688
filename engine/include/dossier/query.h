#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <dossier/error.h>
#include <dossier/export.h>
#include <dossier/options.h>
#include <dossier/term.h>
#include <dossier/value_of.h>

namespace dossier {

class Store;
class Transaction;

// What a query returns.
enum class QueryForm : std::uint8_t { select, ask, construct, describe };

namespace detail {
template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};
[[noreturn]] DOSSIER_EXPORT void throw_unbound(std::string_view variable);
[[noreturn]] DOSSIER_EXPORT void throw_no_value(std::string_view variable, const TermView& term);
[[noreturn]] DOSSIER_EXPORT void throw_column_count(std::size_t wanted, std::size_t present);
}  // namespace detail

class Rows;

// One solution; valid until the next one is read.
class DOSSIER_EXPORT Row {
  public:
    std::size_t size() const;
    bool bound(std::size_t column) const;
    bool bound(std::string_view variable) const;
    // The term in a column; throws QueryError when it is unbound or there is no such variable.
    TermView operator[](std::size_t column) const;
    TermView operator[](std::string_view variable) const;
    // As a C++ value; std::optional<T> gives nothing for an unbound cell, plain T throws.
    template <typename T>
    T get(std::size_t column) const;
    template <typename T>
    T get(std::string_view variable) const {
        return get<T>(index_of(variable));
    }

  private:
    friend class Rows;
    explicit Row(const Rows& rows) : rows_(&rows) {}
    std::size_t index_of(std::string_view variable) const;
    std::string_view name(std::size_t column) const;
    const Rows* rows_;
};

// The solutions of a SELECT query (ASK gives none), computed as they are read. Belongs to one
// thread. Keeps the store open; Store::close() throws while one lives.
class DOSSIER_EXPORT Rows {
  public:
    struct Impl;
    explicit Rows(std::unique_ptr<Impl> impl);
    Rows(Rows&&) noexcept;
    Rows& operator=(Rows&&) noexcept;
    ~Rows();

    const std::vector<std::string>& variables() const;
    // Moves to the next solution; false at the end. Throws LimitError, Interrupted, StoreError.
    bool next();
    // The current solution, after next() returned true.
    Row row() const { return Row(*this); }

    class iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Row;
        using difference_type = std::ptrdiff_t;
        using pointer = const Row*;
        using reference = Row;
        iterator() = default;
        explicit iterator(Rows* rows) : rows_(rows) { ++*this; }
        Row operator*() const { return rows_->row(); }
        iterator& operator++() {
            if (!rows_->next()) rows_ = nullptr;
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& a, const iterator& b) { return a.rows_ == b.rows_; }

      private:
        Rows* rows_ = nullptr;
    };
    // An input range: it can be read once.
    iterator begin() { return iterator(this); }
    iterator end() { return {}; }

  private:
    friend class Row;
    std::unique_ptr<Impl> impl_;
};

template <typename T>
T Row::get(std::size_t column) const {
    if constexpr (detail::IsOptional<T>::value) {
        if (!bound(column)) return std::nullopt;
        return get<typename T::value_type>(column);
    } else {
        if (!bound(column)) detail::throw_unbound(name(column));
        const TermView term = (*this)[column];
        std::optional<T> value = value_of<T>(term);
        if (!value) detail::throw_no_value(name(column), term);
        return *std::move(value);
    }
}

// Solutions as tuples of C++ values, for structured bindings.
template <typename... T>
class TypedRows {
  public:
    explicit TypedRows(Rows rows) : rows_(std::move(rows)) {
        if (rows_.variables().size() != sizeof...(T))
            detail::throw_column_count(sizeof...(T), rows_.variables().size());
    }

    class iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = std::tuple<T...>;
        using difference_type = std::ptrdiff_t;
        using pointer = const value_type*;
        using reference = value_type;
        iterator() = default;
        explicit iterator(Rows* rows) : rows_(rows) { ++*this; }
        value_type operator*() const { return read(std::index_sequence_for<T...>{}); }
        iterator& operator++() {
            if (!rows_->next()) rows_ = nullptr;
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& a, const iterator& b) { return a.rows_ == b.rows_; }

      private:
        template <std::size_t... I>
        value_type read(std::index_sequence<I...>) const {
            const Row row = rows_->row();
            return value_type{row.template get<T>(I)...};
        }
        Rows* rows_ = nullptr;
    };
    iterator begin() { return iterator(&rows_); }
    iterator end() { return {}; }

  private:
    Rows rows_;
};

// The statements a CONSTRUCT or DESCRIBE query makes, or a match() finds. Belongs to one thread.
class DOSSIER_EXPORT Graph {
  public:
    struct Impl;
    explicit Graph(std::unique_ptr<Impl> impl);
    Graph(Graph&&) noexcept;
    Graph& operator=(Graph&&) noexcept;
    ~Graph();

    // Moves to the next statement; false at the end. CONSTRUCT gives a statement once.
    bool next();
    // The current statement, valid until the next one is read.
    QuadView statement() const;

  private:
    std::unique_ptr<Impl> impl_;
};

// A prepared query: parsed once, planned at each execution. Immutable and shared freely between
// threads; bind() and with() return cheap copies.
class DOSSIER_EXPORT Query {
  public:
    struct Impl;
    explicit Query(std::shared_ptr<const Impl> impl);

    QueryForm form() const;
    // The projected variables, without the question mark.
    const std::vector<std::string>& variables() const;

    // The same query with a variable replaced by a term, everywhere it occurs. Throws UsageError
    // for a variable that does not occur.
    Query bind(std::string_view variable, const Term& value) const;
    Query bind(std::string_view variable, std::string_view text) const;  // an xsd:string
    Query bind(std::string_view variable, const char* text) const;
    Query bind(std::string_view variable, double value) const;
    template <typename T>
    std::enable_if_t<std::is_integral_v<T>, Query> bind(std::string_view variable, T value) const {
        if constexpr (std::is_same_v<T, bool>) return bind(variable, Term::boolean(value));
        return bind(variable, Term::integer(static_cast<std::int64_t>(value)));
    }
    Query with(const QueryOptions& options) const;

    // Runs a SELECT query. Throws UsageError for another form, and what running throws.
    Rows rows() const;
    template <typename... T, typename = std::enable_if_t<(sizeof...(T) > 0)>>
    TypedRows<T...> rows() const {
        return TypedRows<T...>(rows());
    }
    bool ask() const;
    Graph graph() const;  // CONSTRUCT and DESCRIBE
    // Writes the results of a SELECT or ASK query as a stream: all, or the first `most` of them.
    // Returns the number of rows; where more than `most` were found it is `most` + 1.
    std::uint64_t write(ResultFormat format, std::ostream& out,
                        std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const;
    // The same with the statements of a CONSTRUCT or DESCRIBE query. Throws QueryError at a
    // statement that RDF/XML cannot hold; what stands before it may have been written, without the
    // end of the document.
    std::uint64_t write(DataFormat format, std::ostream& out,
                        std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const;

    enum class Explain : std::uint8_t { plan, analyze };  // analyze runs the query
    // The operator tree in the query's own variables and prefixes.
    std::string explain(Explain what = Explain::plan) const;
    std::string explain_json(Explain what = Explain::plan) const;

  private:
    std::shared_ptr<const Impl> impl_;
};

}  // namespace dossier
