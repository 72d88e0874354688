#include "engine/claim_graph.h"

#include <algorithm>
#include <array>
#include <deque>

#include <dossier/term_writer.h>

#include "rdf/value.h"
#include "rdf/vocabulary.h"

namespace dossier::engine {

namespace {

using storage::Permutation;
using storage::ScanRequest;
using storage::TermId;

std::optional<TermId> find(const storage::Snapshot& snapshot, std::string_view prefix,
                           std::string_view name) {
    return snapshot.find(TermView::iri(std::string(prefix) + std::string(name)));
}

constexpr std::size_t buffer_rows = 1024;

}  // namespace

ClaimGraph::Vocabulary::Vocabulary(const storage::Snapshot& snapshot) {
    const auto own = [&](std::string_view name) { return find(snapshot, dos::prefix, name); };
    reifies = snapshot.find(TermView::iri(rdf::reifies));
    type = snapshot.find(TermView::iri(rdf::type));
    disjoint_with = find(snapshot, owl::prefix, "disjointWith");
    acted_on_behalf_of = find(snapshot, prov::prefix, "actedOnBehalfOf");
    said_by = own("saidBy");
    denied_by = own("deniedBy");
    in = own("in");
    via = own("via");
    inferred_from = own("inferredFrom");
    answers = own("answers");
    standing = own("standing");
    stands = own("Stands");
    copy_of = own("copyOf");
    unnamed = own("unnamed");
    single_valued = own("singleValued");
    when = own("when");
    not_before = own("notBefore");
    not_after = own("notAfter");
    from = own("from");
    until = own("until");
    item = own("item");
    unit = own("unit");
    amount = own("amount");
    at_least = own("atLeast");
    at_most = own("atMost");
}

ClaimGraph::ClaimGraph(ExecutionContext& context)
    : context_(context),
      snapshot_(context.snapshot()),
      dos_(snapshot_),
      charge_(context.memory()) {}

// ---- reading --------------------------------------------------------------------------------

const std::vector<TermId>& ClaimGraph::objects(Id subject, const std::optional<Id>& predicate) {
    static const std::vector<Id> none;
    if (!predicate) return none;
    const auto [found, added] = objects_[subject].try_emplace(*predicate);
    if (!added) return found->second;
    context_.check();
    ScanRequest request;
    request.permutation = Permutation::spo;
    request.prefix = {subject, *predicate};
    request.prefix_length = 2;
    request.graphs.mode = storage::GraphSelection::Mode::merged;
    const auto cursor = snapshot_.scan(request);
    std::array<Id, 64> ids;
    const std::array<Id*, 4> pointers{nullptr, nullptr, ids.data(), nullptr};
    while (const std::size_t rows = cursor->next(pointers, ids.size()))
        found->second.insert(found->second.end(), ids.begin(),
                             ids.begin() + static_cast<std::ptrdiff_t>(rows));
    charge_.add(64 + found->second.size() * sizeof(Id), "reading claims");
    return found->second;
}

std::vector<TermId> ClaimGraph::subjects(const std::optional<Id>& predicate, Id object) {
    std::vector<Id> result;
    if (!predicate) return result;
    context_.check();
    ScanRequest request;
    request.permutation = Permutation::pos;
    request.prefix = {*predicate, object};
    request.prefix_length = 2;
    request.graphs.mode = storage::GraphSelection::Mode::merged;
    const auto cursor = snapshot_.scan(request);
    std::vector<Id> ids(buffer_rows);
    const std::array<Id*, 4> pointers{nullptr, nullptr, ids.data(), nullptr};
    while (const std::size_t rows = cursor->next(pointers, ids.size()))
        result.insert(result.end(), ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(rows));
    return result;
}

bool ClaimGraph::asserted(const storage::TripleIds& triple) {
    ScanRequest request;
    request.permutation = Permutation::spo;
    request.prefix = {triple.subject, triple.predicate, triple.object};
    request.prefix_length = 3;
    request.graphs.mode = storage::GraphSelection::Mode::merged;
    return snapshot_.count(request) > 0;
}

std::vector<TermId> ClaimGraph::reifiers(const storage::TripleIds& proposition) {
    ScanRequest request;
    request.permutation = Permutation::triple_spo;
    request.prefix = {proposition.subject, proposition.predicate, proposition.object};
    request.prefix_length = 3;
    const auto cursor = snapshot_.scan(request);
    Id triple;
    const std::array<Id*, 4> pointers{nullptr, nullptr, nullptr, &triple};
    if (cursor->next(pointers, 1) == 0) return {};
    return subjects(dos_.reifies, triple);
}

// ---- documents and voices -------------------------------------------------------------------

const std::vector<TermId>& ClaimGraph::copy_chain(Id document) {
    const auto [found, added] = chains_.try_emplace(document);
    std::vector<Id>& chain = found->second;
    if (!added) return chain;
    std::unordered_set<Id> seen;
    Id next = document;
    for (;;) {
        chain.push_back(next);
        seen.insert(next);
        const std::vector<Id>& originals = objects(next, dos_.copy_of);
        if (originals.empty()) return chain;
        next = originals.front();
        if (!seen.contains(next)) continue;
        // A cycle of copies: nobody knows which is the original.
        const auto begin = std::find(chain.begin(), chain.end(), next);
        const Id smallest = *std::min_element(
            begin, chain.end(), [this](Id a, Id b) { return context_.term(a) < context_.term(b); });
        if (noted_cycles_.insert(smallest).second)
            notes_.push_back("documents copy each other in a circle: " +
                             context_.term(smallest).to_string() + " and others");
        // root() reads the last one.
        std::iter_swap(std::find(chain.begin(), chain.end(), smallest), chain.end() - 1);
        return chain;
    }
}

TermId ClaimGraph::root(Id document) {
    return copy_chain(document).back();
}

bool ClaimGraph::unmarked(Id thing) {
    for (const Id standing : objects(thing, dos_.standing))
        if (standing != dos_.stands) return false;
    return true;
}

bool ClaimGraph::is_ok(Id thing) {
    const auto [found, added] = ok_.try_emplace(thing, true);
    if (!added) return found->second;
    bool ok = true;
    for (const Id link : copy_chain(thing)) ok = ok && unmarked(link);
    return ok_[thing] = ok;
}

TermId ClaimGraph::speaks_for(Id origin) {
    std::unordered_set<Id> seen;
    while (seen.insert(origin).second) {
        const std::vector<Id>& principals = objects(origin, dos_.acted_on_behalf_of);
        if (principals.empty()) break;
        origin = principals.front();
    }
    return origin;
}

bool ClaimGraph::is_unnamed(Id origin) {
    for (const Id value : objects(origin, dos_.unnamed)) {
        const Term term = context_.term(value);
        if (term.text() == "true" || term.text() == "1") return true;
    }
    return false;
}

// ---- claims ---------------------------------------------------------------------------------

bool ClaimGraph::is_claim(Id thing) {
    return !objects(thing, dos_.reifies).empty() || !objects(thing, dos_.said_by).empty() ||
           !objects(thing, dos_.denied_by).empty();
}

std::vector<TermId> ClaimGraph::dependencies(Id claim) {
    std::vector<Id> all{claim};
    std::unordered_set<Id> seen{claim};
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (const auto& predicate : {dos_.via, dos_.inferred_from})
            for (const Id link : objects(all[i], predicate))
                if (is_claim(link) && seen.insert(link).second) all.push_back(link);
    }
    return all;
}

// The two least fixpoints over the claims that `claim` depends on. Rounds until nothing changes:
// chains of claims are short.
void ClaimGraph::settle(Id claim) {
    if (stands_.contains(claim)) return;
    const std::vector<Id> all = dependencies(claim);
    for (const Id member : all) {
        stands_.try_emplace(member, false);
        origins_.try_emplace(member);
    }
    const auto voices = [&](Id member) {
        std::vector<Id> result = objects(member, dos_.said_by);
        const std::vector<Id>& denying = objects(member, dos_.denied_by);
        result.insert(result.end(), denying.begin(), denying.end());
        for (const char* other : {"doubtedBy", "declinedBy", "unansweredBy"}) {
            const std::vector<Id>& more = objects(member, find(snapshot_, dos::prefix, other));
            result.insert(result.end(), more.begin(), more.end());
        }
        return result;
    };
    for (bool changed = true; changed;) {
        changed = false;
        context_.check();
        for (auto member = all.rbegin(); member != all.rend(); ++member) {
            if (stands_[*member] || !unmarked(*member)) continue;
            bool stands = true;
            for (const Id document : objects(*member, dos_.in)) stands = stands && is_ok(document);
            const std::vector<Id> speakers = voices(*member);
            stands = stands && std::any_of(speakers.begin(), speakers.end(),
                                           [this](Id voice) { return is_ok(voice); });
            for (const auto& predicate : {dos_.via, dos_.inferred_from})
                for (const Id link : objects(*member, predicate))
                    stands = stands && (is_claim(link) ? stands_[link] : is_ok(link));
            if (stands) changed = stands_[*member] = true;
        }
    }
    for (bool changed = true; changed;) {
        changed = false;
        context_.check();
        for (auto member = all.rbegin(); member != all.rend(); ++member) {
            Ids found;
            std::set<Id> own;
            const std::vector<Id> documents = objects(*member, dos_.in);
            for (const Id document : documents)
                own.insert(copy_chain(document).begin(), copy_chain(document).end());
            for (const Id voice : voices(*member))
                if (is_ok(voice) && !own.contains(voice)) found.insert(root(voice));
            if (found.empty()) {
                bool linked = false;
                for (const auto& predicate : {dos_.via, dos_.inferred_from}) {
                    for (const Id link : objects(*member, predicate)) {
                        linked = true;
                        if (is_claim(link))
                            found.insert(origins_[link].begin(), origins_[link].end());
                        else
                            found.insert(root(link));
                    }
                }
                if (!linked)
                    for (const Id document : documents) found.insert(root(document));
            }
            Ids replaced;
            for (const Id origin : found) replaced.insert(speaks_for(origin));
            Ids& present = origins_[*member];
            if (present != replaced) {
                present = std::move(replaced);
                changed = true;
            }
        }
    }
}

bool ClaimGraph::stands(Id claim) {
    settle(claim);
    return stands_[claim];
}

const ClaimGraph::Ids& ClaimGraph::origins(Id claim) {
    settle(claim);
    return origins_[claim];
}

// ---- variants -------------------------------------------------------------------------------

ClaimGraph::Bounds ClaimGraph::bounds(Id claim) {
    Bounds result;
    const auto date = [&](Id id) -> std::optional<DateTime> {
        const Term term = context_.term(id);
        const Value value = parse_value(term.view());
        if (value.kind() != ValueKind::date_time) return std::nullopt;
        return value.as_date_time();
    };
    const auto raise_begin = [&](const std::optional<DateTime>& time) {
        if (time && (!result.begin || *result.begin < time->instant()))
            result.begin = time->instant();
    };
    const auto lower_end = [&](const std::optional<DateTime>& time) {
        if (time && (!result.end || time->instant() < *result.end)) result.end = time->instant();
    };
    const auto first = [](const std::optional<DateTime>& time) {
        return time ? interval_start(*time) : std::nullopt;
    };
    const auto last = [](const std::optional<DateTime>& time) {
        return time ? interval_end(*time) : std::nullopt;
    };
    for (const Id id : objects(claim, dos_.when)) {
        raise_begin(first(date(id)));
        lower_end(last(date(id)));
    }
    for (const auto& predicate : {dos_.not_before, dos_.from})
        for (const Id id : objects(claim, predicate)) raise_begin(first(date(id)));
    for (const auto& predicate : {dos_.not_after, dos_.until})
        for (const Id id : objects(claim, predicate)) lower_end(last(date(id)));

    const auto number = [&](Id id) -> std::optional<double> {
        const Term term = context_.term(id);
        const Value value = parse_value(term.view());
        if (!value.is_numeric()) return std::nullopt;
        return value.to_double();
    };
    for (const Id id : objects(claim, dos_.item)) result.items.insert(id);
    for (const Id id : objects(claim, dos_.unit)) result.units.insert(id);
    for (const Id id : objects(claim, dos_.amount)) result.least = result.most = number(id);
    for (const Id id : objects(claim, dos_.at_least)) result.least = number(id);
    for (const Id id : objects(claim, dos_.at_most)) result.most = number(id);
    return result;
}

bool ClaimGraph::times_overlap(const Bounds& a, const Bounds& b) {
    return !(a.end && b.begin && *a.end < *b.begin) && !(b.end && a.begin && *b.end < *a.begin);
}

bool ClaimGraph::exclude(const Bounds& a, const Bounds& b) {
    if (!times_overlap(a, b)) return true;
    if (a.items != b.items || a.units != b.units) return false;
    return (a.most && b.least && *a.most < *b.least) || (b.most && a.least && *b.most < *a.least);
}

// What tells the claims of one variant from others: their times and amounts, as they are written.
std::string ClaimGraph::describe(const std::vector<Id>& claims) {
    std::vector<std::string> parts;
    const auto add = [&](Id claim, const std::optional<Id>& predicate, std::string_view name) {
        for (const Id id : objects(claim, predicate)) {
            const Term term = context_.term(id);
            std::string part = std::string(name) + " " + std::string(term.text());
            if (std::find(parts.begin(), parts.end(), part) == parts.end())
                parts.push_back(std::move(part));
        }
    };
    for (const Id claim : claims) {
        add(claim, dos_.when, "when");
        add(claim, dos_.not_before, "not before");
        add(claim, dos_.not_after, "not after");
        add(claim, dos_.from, "from");
        add(claim, dos_.until, "until");
        add(claim, dos_.amount, "amount");
        add(claim, dos_.at_least, "at least");
        add(claim, dos_.at_most, "at most");
    }
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

// ---- propositions ---------------------------------------------------------------------------

bool ClaimGraph::is_said(const storage::TripleIds& proposition) {
    if (asserted(proposition)) return true;
    for (const Id claim : reifiers(proposition))
        if (!objects(claim, dos_.said_by).empty() && stands(claim)) return true;
    return false;
}

// Whether another proposition that excludes this one is said: the property has one value and there
// is another, or the subject is said to be of a class that is disjoint with this one.
bool ClaimGraph::is_excluded(const storage::TripleIds& proposition) {
    const auto others = [&](Id predicate) {
        std::vector<Id> found = objects(proposition.subject, predicate);
        ScanRequest request;
        request.permutation = Permutation::triple_spo;
        request.prefix = {proposition.subject, predicate};
        request.prefix_length = 2;
        const auto cursor = snapshot_.scan(request);
        std::vector<Id> ids(buffer_rows);
        const std::array<Id*, 4> pointers{nullptr, nullptr, ids.data(), nullptr};
        while (const std::size_t rows = cursor->next(pointers, ids.size()))
            found.insert(found.end(), ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(rows));
        return found;
    };
    bool single = false;
    for (const Id value : objects(proposition.predicate, dos_.single_valued)) {
        const Term term = context_.term(value);
        single = single || term.text() == "true" || term.text() == "1";
    }
    if (single)
        for (const Id other : others(proposition.predicate))
            if (other != proposition.object &&
                is_said({proposition.subject, proposition.predicate, other}))
                return true;
    if (dos_.type && proposition.predicate == *dos_.type) {
        std::vector<Id> disjoint = objects(proposition.object, dos_.disjoint_with);
        const std::vector<Id> inverse = subjects(dos_.disjoint_with, proposition.object);
        disjoint.insert(disjoint.end(), inverse.begin(), inverse.end());
        for (const Id other : disjoint)
            if (is_said({proposition.subject, *dos_.type, other})) return true;
    }
    return false;
}

std::vector<ClaimGraph::Standing> ClaimGraph::standings(const storage::TripleIds& proposition) {
    const bool is_asserted = asserted(proposition);
    std::vector<Id> saying, denying;
    const auto add_denial = [&](Id claim) {
        if (std::find(denying.begin(), denying.end(), claim) == denying.end())
            denying.push_back(claim);
    };
    for (const Id claim : reifiers(proposition)) {
        if (objects(claim, dos_.reifies).size() > 1)
            notes_.push_back("the claim " + context_.term(claim).to_string() +
                             " reifies more than one proposition");
        if (!objects(claim, dos_.said_by).empty()) saying.push_back(claim);
        if (!objects(claim, dos_.denied_by).empty()) add_denial(claim);
    }
    // A denial that answers a standing claim disputes that one too.
    for (const Id claim : saying)
        if (stands(claim))
            for (const Id answer : subjects(dos_.answers, claim))
                if (!objects(answer, dos_.denied_by).empty()) add_denial(answer);

    // Variants: claims go to the first variant none of whose claims they exclude; those that say
    // nothing of time and amount belong to each.
    struct Variant {
        std::vector<Id> bounded;
        std::vector<Bounds> bounds;
    };
    std::vector<Variant> variants;
    std::vector<Id> unbounded;
    for (const Id claim : saying) {
        const Bounds own = bounds(claim);
        if (!own.bounded()) {
            unbounded.push_back(claim);
            continue;
        }
        const auto fits = [&](const Variant& variant) {
            return std::none_of(variant.bounds.begin(), variant.bounds.end(),
                                [&](const Bounds& other) { return exclude(own, other); });
        };
        auto variant = std::find_if(variants.begin(), variants.end(), fits);
        if (variant == variants.end()) variant = variants.emplace(variants.end());
        variant->bounded.push_back(claim);
        variant->bounds.push_back(own);
    }
    if (variants.empty()) variants.emplace_back();

    const bool excluded = is_excluded(proposition);
    std::vector<Standing> result;
    for (const Variant& variant : variants) {
        Standing standing;
        if (variants.size() > 1) standing.variant = describe(variant.bounded);
        std::vector<Id> claims = variant.bounded;
        claims.insert(claims.end(), unbounded.begin(), unbounded.end());
        for (const Id claim : claims) {
            standing.claims.push_back(claim);
            if (!stands(claim)) continue;
            for (const Id voice : objects(claim, dos_.said_by)) standing.said_by.insert(voice);
            standing.origins.insert(origins(claim).begin(), origins(claim).end());
        }
        for (const Id denial : denying) {
            const Bounds denied = bounds(denial);
            if (!variant.bounds.empty() &&
                std::none_of(variant.bounds.begin(), variant.bounds.end(),
                             [&](const Bounds& said) { return times_overlap(denied, said); }))
                continue;
            standing.claims.push_back(denial);
            if (!stands(denial)) continue;
            for (const Id voice : objects(denial, dos_.denied_by)) standing.denied_by.insert(voice);
            standing.against.insert(origins(denial).begin(), origins(denial).end());
        }
        if (is_asserted)
            standing.status = ClaimStatus::asserted;
        else if (standing.said_by.empty() && standing.denied_by.empty())
            standing.status = ClaimStatus::unsupported;
        else if (standing.said_by.empty())
            standing.status = ClaimStatus::denied;
        else if (!standing.denied_by.empty())
            standing.status = ClaimStatus::disputed;
        else
            standing.status = excluded ? ClaimStatus::contradicted : ClaimStatus::supported;
        result.push_back(std::move(standing));
    }
    return result;
}

}  // namespace dossier::engine
