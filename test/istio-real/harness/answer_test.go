// Package istio lets the code of istiod itself answer what it sends to gateway pods; ../main.ts starts it. It is a test
// only because istiod's in-memory server asks for a *testing.T.
package istio

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
)

// cluster is one line of the input (../input.ts).
type cluster struct {
	Name string
	// Kubernetes and Istio hold the objects that the server reads, as documents of YAML.
	Kubernetes, Istio string
	// Mesh is the text of the mesh configuration; empty for the defaults.
	Mesh     string
	Gateways []gateway
}

// gateway is one gateway pod.
type gateway struct {
	Name, Namespace, ServiceAccount, IP, Unprivileged string
	Labels                                            map[string]string
}

// answer is one line of the output (../answers.ts).
type answer struct {
	Name string `json:"name"`
	// Problem says why there is no answer at all: the input is no input for istiod.
	Problem string `json:"problem,omitempty"`
	// Gateways has an entry for each gateway pod, by `<namespace>.<name>`.
	Gateways map[string]*sent `json:"gateways"`
}

// sent is what one gateway pod gets.
type sent struct {
	// Panic says that istiod panics instead.
	Panic string `json:"panic,omitempty"`
	// Wanted has the names of the secrets that the listeners ask for.
	Wanted []string `json:"wanted"`
	// Dump is Envoy's config_dump, Tables are what istioctl prints of it.
	Dump   map[string]any    `json:"dump,omitempty"`
	Tables map[string]string `json:"tables,omitempty"`
}

// TestAnswer reads clusters from the file $TLSGW_CLUSTERS and writes an answer to each into $TLSGW_ANSWERS.
func TestAnswer(t *testing.T) {
	in, err := os.Open(os.Getenv("TLSGW_CLUSTERS"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(os.Getenv("TLSGW_ANSWERS"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	answers := json.NewEncoder(out)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var asked cluster
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			t.Fatal(err)
		}
		// Stays where the server ends the subtest on its own.
		given := answer{Name: asked.Name, Problem: "the server did not start"}
		t.Run("cluster", func(t *testing.T) { given = answerTo(t, asked) })
		if err := answers.Encode(given); err != nil {
			t.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}
