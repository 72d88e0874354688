#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <dossier/export.h>
#include <dossier/term.h>

// What a program adds to SPARQL: functions and aggregates by IRI, and the endpoints that SERVICE
// reaches. They are registered at a Store (register_function, register_aggregate,
// set_service_handler), are known to all its handles, are not kept in the store, and are called
// from any thread that runs a query, from several at a time: what they share is theirs to guard.
// They must not wait for a writer of the same store.

namespace dossier {

// A function called by its IRI, as in FILTER(my:near(?a, ?b, 5)). The arguments are terms, valid
// during the call; an argument that is an error, or unbound, is the call's error without a call.
// What comes back is the value; nothing: an expression error. Different values for equal arguments
// are allowed, but one call may serve several rows with the same arguments. An exception ends the
// query and reaches its caller as it is.
using Function = std::function<std::optional<Term>(std::span<const TermView> arguments)>;

// One group's value of an aggregate called by its IRI, as in SELECT (my:median(?x) AS ?m). Belongs
// to one thread.
class DOSSIER_EXPORT AggregateFunction {
  public:
    virtual ~AggregateFunction();
    // The argument's value in one solution of the group, in no certain order; with DISTINCT each
    // term once. Valid during the call. A solution in which the argument is an error makes the
    // whole an error.
    virtual void add(const TermView& value) = 0;
    // Called once, after the last value; nothing: an error, the variable stays unbound.
    virtual std::optional<Term> result() = 0;
};
// Makes an empty one for each group. An exception, here or in the functions, ends the query.
using AggregateFactory = std::function<std::unique_ptr<AggregateFunction>()>;

// What SERVICE asks an endpoint.
struct ServiceRequest {
    std::string endpoint;                // the IRI, as the query has it
    std::string query;                   // a SELECT query, complete: IRIs are written out
    std::vector<std::string> variables;  // the columns it selects, without the question mark
    std::stop_token stop = {};           // stops when the query is cancelled
    std::optional<std::chrono::nanoseconds> time_left = {};  // until the query's own limit
};
// Takes one solution, a term or nothing for each of the request's variables. Throws what ends the
// query (cancelled, limits), which must get through.
using ServiceRow = std::function<void(std::span<const std::optional<Term>>)>;
// Runs a request and hands over its solutions, in any order. An exception is the endpoint's
// failure: it ends the query as a QueryError, or, with SILENT, gives the one empty solution.
using ServiceHandler = std::function<void(const ServiceRequest&, const ServiceRow&)>;

}  // namespace dossier
