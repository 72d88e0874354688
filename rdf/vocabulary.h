#pragma once

#include <string_view>

// The IRIs the program itself knows, each written once.

namespace dossier {

namespace rdf {
inline constexpr std::string_view prefix = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
inline constexpr std::string_view type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
inline constexpr std::string_view first = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first";
inline constexpr std::string_view rest = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest";
inline constexpr std::string_view nil = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil";
inline constexpr std::string_view list = "http://www.w3.org/1999/02/22-rdf-syntax-ns#List";
inline constexpr std::string_view property = "http://www.w3.org/1999/02/22-rdf-syntax-ns#Property";
inline constexpr std::string_view statement =
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#Statement";
inline constexpr std::string_view subject = "http://www.w3.org/1999/02/22-rdf-syntax-ns#subject";
inline constexpr std::string_view predicate =
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#predicate";
inline constexpr std::string_view object = "http://www.w3.org/1999/02/22-rdf-syntax-ns#object";
inline constexpr std::string_view reifies = "http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies";
inline constexpr std::string_view lang_string =
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";
inline constexpr std::string_view dir_lang_string =
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#dirLangString";
inline constexpr std::string_view xml_literal =
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral";
inline constexpr std::string_view html = "http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML";
inline constexpr std::string_view json = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON";
}  // namespace rdf

namespace rdfs {
inline constexpr std::string_view prefix = "http://www.w3.org/2000/01/rdf-schema#";
inline constexpr std::string_view class_ = "http://www.w3.org/2000/01/rdf-schema#Class";
inline constexpr std::string_view label = "http://www.w3.org/2000/01/rdf-schema#label";
inline constexpr std::string_view comment = "http://www.w3.org/2000/01/rdf-schema#comment";
inline constexpr std::string_view sub_class_of = "http://www.w3.org/2000/01/rdf-schema#subClassOf";
inline constexpr std::string_view sub_property_of =
    "http://www.w3.org/2000/01/rdf-schema#subPropertyOf";
inline constexpr std::string_view domain = "http://www.w3.org/2000/01/rdf-schema#domain";
inline constexpr std::string_view range = "http://www.w3.org/2000/01/rdf-schema#range";
inline constexpr std::string_view see_also = "http://www.w3.org/2000/01/rdf-schema#seeAlso";
}  // namespace rdfs

namespace owl {
inline constexpr std::string_view prefix = "http://www.w3.org/2002/07/owl#";
inline constexpr std::string_view same_as = "http://www.w3.org/2002/07/owl#sameAs";
}  // namespace owl

namespace prov {
inline constexpr std::string_view prefix = "http://www.w3.org/ns/prov#";
}  // namespace prov

// The program's own vocabulary: claims, and functions beyond SPARQL's.
namespace dos {
inline constexpr std::string_view prefix = "https://w3id.org/dossier#";
}  // namespace dos

namespace xsd {
inline constexpr std::string_view prefix = "http://www.w3.org/2001/XMLSchema#";
inline constexpr std::string_view string = "http://www.w3.org/2001/XMLSchema#string";
inline constexpr std::string_view boolean = "http://www.w3.org/2001/XMLSchema#boolean";
inline constexpr std::string_view decimal = "http://www.w3.org/2001/XMLSchema#decimal";
inline constexpr std::string_view integer = "http://www.w3.org/2001/XMLSchema#integer";
inline constexpr std::string_view non_positive_integer =
    "http://www.w3.org/2001/XMLSchema#nonPositiveInteger";
inline constexpr std::string_view negative_integer =
    "http://www.w3.org/2001/XMLSchema#negativeInteger";
inline constexpr std::string_view long_ = "http://www.w3.org/2001/XMLSchema#long";
inline constexpr std::string_view int_ = "http://www.w3.org/2001/XMLSchema#int";
inline constexpr std::string_view short_ = "http://www.w3.org/2001/XMLSchema#short";
inline constexpr std::string_view byte = "http://www.w3.org/2001/XMLSchema#byte";
inline constexpr std::string_view non_negative_integer =
    "http://www.w3.org/2001/XMLSchema#nonNegativeInteger";
inline constexpr std::string_view unsigned_long = "http://www.w3.org/2001/XMLSchema#unsignedLong";
inline constexpr std::string_view unsigned_int = "http://www.w3.org/2001/XMLSchema#unsignedInt";
inline constexpr std::string_view unsigned_short = "http://www.w3.org/2001/XMLSchema#unsignedShort";
inline constexpr std::string_view unsigned_byte = "http://www.w3.org/2001/XMLSchema#unsignedByte";
inline constexpr std::string_view positive_integer =
    "http://www.w3.org/2001/XMLSchema#positiveInteger";
inline constexpr std::string_view float_ = "http://www.w3.org/2001/XMLSchema#float";
inline constexpr std::string_view double_ = "http://www.w3.org/2001/XMLSchema#double";
inline constexpr std::string_view date_time = "http://www.w3.org/2001/XMLSchema#dateTime";
inline constexpr std::string_view date_time_stamp =
    "http://www.w3.org/2001/XMLSchema#dateTimeStamp";
inline constexpr std::string_view date = "http://www.w3.org/2001/XMLSchema#date";
inline constexpr std::string_view time = "http://www.w3.org/2001/XMLSchema#time";
inline constexpr std::string_view g_year = "http://www.w3.org/2001/XMLSchema#gYear";
inline constexpr std::string_view g_year_month = "http://www.w3.org/2001/XMLSchema#gYearMonth";
inline constexpr std::string_view g_month = "http://www.w3.org/2001/XMLSchema#gMonth";
inline constexpr std::string_view g_month_day = "http://www.w3.org/2001/XMLSchema#gMonthDay";
inline constexpr std::string_view g_day = "http://www.w3.org/2001/XMLSchema#gDay";
inline constexpr std::string_view duration = "http://www.w3.org/2001/XMLSchema#duration";
inline constexpr std::string_view year_month_duration =
    "http://www.w3.org/2001/XMLSchema#yearMonthDuration";
inline constexpr std::string_view day_time_duration =
    "http://www.w3.org/2001/XMLSchema#dayTimeDuration";
inline constexpr std::string_view any_uri = "http://www.w3.org/2001/XMLSchema#anyURI";
inline constexpr std::string_view hex_binary = "http://www.w3.org/2001/XMLSchema#hexBinary";
inline constexpr std::string_view base64_binary = "http://www.w3.org/2001/XMLSchema#base64Binary";
inline constexpr std::string_view normalized_string =
    "http://www.w3.org/2001/XMLSchema#normalizedString";
inline constexpr std::string_view token = "http://www.w3.org/2001/XMLSchema#token";
inline constexpr std::string_view language = "http://www.w3.org/2001/XMLSchema#language";
}  // namespace xsd

}  // namespace dossier
