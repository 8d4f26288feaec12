#pragma once

/// @file
/// Version of the SDK, semantic: a plugin built against an older minor version keeps working,
/// another major version is rejected. CMake reads the numbers from these three lines.

/// Incompatible change: plugins must be rebuilt.
#define SLA_SDK_VERSION_MAJOR 3
/// Compatible addition.
#define SLA_SDK_VERSION_MINOR 0
/// Fix.
#define SLA_SDK_VERSION_PATCH 0
