#pragma once

#include <dossier/options.h>

#include "parser/format.h"

namespace dossier::engine {

// The parser's name of a public format.
constexpr Format parser_format(DataFormat format) {
    switch (format) {
        case DataFormat::ntriples:
            return Format::ntriples;
        case DataFormat::nquads:
            return Format::nquads;
        case DataFormat::turtle:
            return Format::turtle;
        case DataFormat::trig:
            return Format::trig;
        case DataFormat::rdf_xml:
            break;
    }
    return Format::rdf_xml;
}

constexpr DataFormat public_format(Format format) {
    switch (format) {
        case Format::ntriples:
            return DataFormat::ntriples;
        case Format::nquads:
            return DataFormat::nquads;
        case Format::turtle:
            return DataFormat::turtle;
        case Format::trig:
            return DataFormat::trig;
        case Format::rdf_xml:
            break;
    }
    return DataFormat::rdf_xml;
}

}  // namespace dossier::engine
