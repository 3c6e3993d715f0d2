# Media Toolkit. `make` alone lists the targets.

PREFIX = /usr/local
DESTDIR =
SWIFT = swift

TOOLS := $(notdir $(wildcard Sources/mt-*))
PAGES := $(wildcard man/*.[157])
BENCHES = $(sort $(filter-out %-soak,$(shell find scripts/bench -type f -perm -100)))
BIN = .build/release
RELEASE = -c release --static-swift-stdlib
# Whatever has a shell's #! line.
SHELL_SCRIPTS = $(wildcard scripts/*.sh scripts/*/*.sh Tests/lib.sh) $(shell grep -rlIE '^.!/.*\b(ba)?sh$$' .ci scripts Tests)

bindir = $(DESTDIR)$(PREFIX)/bin
datadir = $(DESTDIR)$(PREFIX)/share
bash_completions = $(datadir)/bash-completion/completions
zsh_completions = $(datadir)/zsh/site-functions
fish_completions = $(datadir)/fish/vendor_completions.d

.PHONY: help build test check lint format demo bench fuzz fuzz-records fuzz-responses install uninstall clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

build: ## build the tools into .build/release
	@scripts/setup
	$(SWIFT) build $(RELEASE)

test: build ## run all tests
	$(SWIFT) test
	Tests/run
	Tests/man/check

check: lint test ## what must pass before a commit: format, linters, tests

lint:
	@scripts/setup
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	shellcheck $(SHELL_SCRIPTS)
	$(if $(PAGES),mandoc -T lint -W warning $(PAGES))

format: ## format the Swift sources
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

demo: build ## warm the cache of a small real CDN, and check the reports against its log
	scripts/demo

bench: build ## compare with other programs
	@scripts/setup bench
	@set -e; for bench in $(BENCHES); do echo "== $$bench"; $$bench; done

FUZZ_SECONDS = 60
FUZZ = .build/fuzz
# What the fuzzer of responses is compiled from, for its coverage; import lines between these modules fall away.
FUZZED_RESPONSES = $(addprefix Sources/Records/,Bytes.swift ByteBuffer.swift Table.swift) \
  $(addprefix Sources/Transfer/Answer/,CacheRules.swift HeaderNames.swift PopRule.swift ResponseHead.swift) \
  Sources/Transfer/Policy/WarmRules.swift $(addprefix Sources/Transfer/Plain/,BodyFraming.swift ChunkDecoder.swift LineScan.swift ResponseParser.swift)

fuzz: fuzz-records fuzz-responses ## feed random bytes to the parsers, with sanitizers, for FUZZ_SECONDS each

fuzz-records:
	@scripts/setup
	mkdir -p $(FUZZ)/corpus
	$(dir $(realpath $(shell command -v $(SWIFT))))clang++ -g -O1 -std=c++17 -fsanitize=fuzzer,address,undefined \
	  -ISources/CSimdjson/include Tests/fuzz/records.cpp Sources/CSimdjson/csimdjson.cpp -lsimdjson -o $(FUZZ)/records
	printf '{"url":1,"a":[{}],"key":"\\u00e9","size":123456789012345678901234}' >$(FUZZ)/corpus/seed
	$(FUZZ)/records -max_total_time=$(FUZZ_SECONDS) -max_len=300 $(FUZZ)/corpus

fuzz-responses:
	@scripts/setup
	rm -rf $(FUZZ)/sources
	mkdir -p $(FUZZ)/sources $(FUZZ)/responses-corpus
	set -e; for file in $(FUZZED_RESPONSES) Tests/fuzz/responses.swift; do \
	  sed '/^import Records$$/d' $$file >$(FUZZ)/sources/$${file##*/}; \
	done
	{ echo 'struct PackageResources {'; \
	  for table in cache_rules pop_rules warm_rules; do \
	    echo "static let $${table}_tsv: [UInt8] = ["; \
	    od -An -v -tu1 Sources/Transfer/Resources/$$(echo $$table | tr _ -).tsv | sed 's/ *\([0-9][0-9]*\)/\1,/g'; echo ']'; \
	  done; echo '}'; } >$(FUZZ)/sources/resources.swift
	$(SWIFT)c -g -O -swift-version 6 -package-name fuzz -parse-as-library -sanitize=fuzzer,address \
	  $(FUZZ)/sources/*.swift -o $(FUZZ)/responses
	cp Tests/fuzz/responses/* $(FUZZ)/responses-corpus
	SWIFT_BACKTRACE=enable=no $(FUZZ)/responses -max_total_time=$(FUZZ_SECONDS) -max_len=400 \
	  -dict=Tests/fuzz/responses.dict $(FUZZ)/responses-corpus

# Builds only what is not there, so that `make build && sudo make install` does not build as root.
install: $(TOOLS:%=$(BIN)/%) ## install tools, man pages and completions below PREFIX
	install -d $(bindir) $(bash_completions) $(zsh_completions) $(fish_completions)
	set -e; for tool in $(TOOLS); do \
	  install -s -m 755 $(BIN)/$$tool $(bindir); \
	  $(BIN)/$$tool --generate-completion-script bash >$(bash_completions)/$$tool; \
	  $(BIN)/$$tool --generate-completion-script zsh >$(zsh_completions)/_$$tool; \
	  $(BIN)/$$tool --generate-completion-script fish >$(fish_completions)/$$tool.fish; \
	done
	set -e; for page in $(PAGES); do install -D -m 644 -t $(datadir)/man/man$${page##*.} $$page; done

$(TOOLS:%=$(BIN)/%) &:
	$(MAKE) build

uninstall: ## remove what install put there
	rm -f $(TOOLS:%=$(bindir)/%) $(TOOLS:%=$(bash_completions)/%) \
	  $(TOOLS:%=$(zsh_completions)/_%) $(TOOLS:%=$(fish_completions)/%.fish) \
	  $(foreach page,$(PAGES),$(datadir)/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

clean: ## remove what was built
	rm -rf .build
