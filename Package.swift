// swift-tools-version:6.1
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .unsafeFlags(["-warnings-as-errors"]),
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// A module of the library: `Sources/NAME`, written in Swift.
func library(_ name: String, _ dependencies: Target.Dependency..., resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

/// A tool: `Sources/NAME`, options and one call into the library.
func tool(_ name: String, _ dependencies: Target.Dependency...) -> Target {
  .executableTarget(
    name: name, dependencies: ["Toolkit", "Records"] + dependencies + [argumentParser],
    swiftSettings: swiftSettings)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "media-toolkit",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    .systemLibrary(name: "CCares", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CXXHash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),

    library(
      "Records", "CSimdjson", "CJansson", "CXXHash", resources: [.embedInCode("Resources/extensions.tsv")]),
    library("Toolkit", "Records", "CLinux", "CYAML", argumentParser),
    library("Storage", "Toolkit", "Records", "CLinux", "CCurl", "CExpat", "COpenSSL"),
    library(
      "Expansion", "Toolkit", "Records",
      resources: [.embedInCode("Resources/image-variants.tsv"), .embedInCode("Resources/video-derivatives.tsv")]),
    library(
      "Transfer", "Toolkit", "Records", "CCares", "CCurl", "CLinux", "COpenSSL",
      resources: ["cache-rules", "pop-rules", "warm-rules", "content-types"].map {
        .embedInCode("Resources/\($0).tsv")
      }),
    library(
      "Measure", "Toolkit", "Records", argumentParser, resources: [.embedInCode("Resources/target-rates.tsv")]),
    library(
      "Comparison", "Toolkit", "Records", resources: [.embedInCode("Resources/key-parameters.tsv")]),
    library(
      "Reports", "Comparison", "Measure", "Records",
      resources: ["page.css", "page.js", "page.schema.json", "rules.tsv"].map { .embedInCode("Resources/\($0)") }),

    tool("mt-list", "Storage"),
    tool("mt-expand", "Expansion"),
    tool("mt-fetch", "Transfer", "Measure"),
    tool("mt-stats", "Measure"),
    tool("mt-report", "Reports", "Comparison", "Measure"),

    .testTarget(
      name: "UnitTests",
      dependencies: ["Records", "Toolkit", "Storage", "Expansion", "Transfer", "Comparison", "Measure", "Reports"],
      swiftSettings: swiftSettings),
  ],
  cxxLanguageStandard: .cxx17
)
