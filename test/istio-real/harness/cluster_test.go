package istio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pilot/pkg/model"
	v3 "istio.io/istio/pilot/pkg/xds/v3"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/resource"
	"istio.io/istio/pkg/spiffe"
	"istio.io/istio/pkg/util/sets"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
)

const (
	domain       = "cluster.local"
	kubeCluster  = "Kubernetes"
	istioVersion = "1.30.3"
)

// answerTo starts istiod's server with the objects of the cluster and asks it as each gateway pod would.
func answerTo(t *testing.T, asked cluster) (given answer) {
	given = answer{Name: asked.Name, Gateways: map[string]*sent{}}
	defer func() {
		if r := recover(); r != nil {
			given.Problem = "istiod panics before it knows any gateway: " + panicText(r)
		}
	}()
	meshed, err := meshOf(asked.Mesh)
	if err != nil {
		given.Problem = err.Error()
		return given
	}
	configs, err := configsOf(asked.Istio)
	if err != nil {
		given.Problem = err.Error()
		return given
	}
	server := xds.NewFakeDiscoveryServer(t, xds.FakeOptions{
		KubernetesObjectString: asked.Kubernetes,
		Configs:                configs,
		MeshConfig:             meshed,
		// There is no API server that could be asked; ../compare.ts leaves out the secrets of clusters with roles.
		DisableSecretAuthorization: true,
	})
	for _, pod := range asked.Gateways {
		given.Gateways[pod.Namespace+"."+pod.Name] = sentTo(server, pod)
	}
	return given
}

func meshOf(text string) (*meshconfig.MeshConfig, error) {
	if text == "" {
		return mesh.DefaultMeshConfig(), nil
	}
	return mesh.ApplyMeshConfigDefaults(text)
}

// configsOf reads the objects of Istio's kinds, as istiod does: what it does not know is left out.
func configsOf(text string) ([]config.Config, error) {
	var found []config.Config
	documents := kubeyaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(text)), len(text)+1)
	for {
		object := crd.IstioKind{}
		if err := documents.Decode(&object); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		kind := object.GroupVersionKind()
		schema, known := collections.Pilot.FindByGroupVersionAliasesKind(resource.FromKubernetesGVK(&kind))
		if !known {
			continue
		}
		converted, err := crd.ConvertObject(schema, &object, domain)
		if err != nil {
			return nil, err
		}
		found = append(found, *converted)
	}
}

// proxyOf is the pod as it introduces itself to istiod.
func proxyOf(pod gateway) *model.Proxy {
	labels := map[string]string{"topology.istio.io/cluster": kubeCluster}
	maps.Copy(labels, pod.Labels)
	return &model.Proxy{
		Type:             model.Router,
		ID:               pod.Name + "." + pod.Namespace,
		ConfigNamespace:  pod.Namespace,
		IPAddresses:      []string{pod.IP},
		Labels:           labels,
		VerifiedIdentity: &spiffe.Identity{TrustDomain: domain, Namespace: pod.Namespace, ServiceAccount: pod.ServiceAccount},
		Metadata: &model.NodeMetadata{
			Namespace:       pod.Namespace,
			Labels:          pod.Labels,
			ServiceAccount:  pod.ServiceAccount,
			ClusterID:       kubeCluster,
			IstioVersion:    istioVersion,
			UnprivilegedPod: pod.Unprivileged,
		},
	}
}

// sentTo asks for listeners, their routes and their secrets, in the order in which Envoy does.
func sentTo(server *xds.FakeDiscoveryServer, pod gateway) (got *sent) {
	defer func() {
		if r := recover(); r != nil {
			got = &sent{Panic: panicText(r)}
		}
	}()
	proxy := server.SetupProxy(proxyOf(pod))
	listeners := server.Listeners(proxy)
	routes := server.RoutesFromListeners(proxy, listeners)
	wanted := secretsWantedBy(listeners)
	watched := &model.WatchedResource{ResourceNames: wanted}
	push := &model.PushRequest{Full: true, Push: server.PushContext(), Forced: true}
	secrets, _, err := server.Discovery.Generators[v3.SecretType].Generate(proxy, watched, push)
	if err != nil {
		panic(err)
	}
	dump := dumpOf(listeners, routes, wanted, secrets)
	return &sent{Wanted: sets.SortedList(wanted), Dump: dump, Tables: tablesOf(dump)}
}

// panicText is what was recovered, with the innermost place in Istio's code.
func panicText(recovered any) string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, "istio.io/") {
			return fmt.Sprintf("%v, in %s (%s:%d)", recovered, frame.Function, filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return fmt.Sprint(recovered)
		}
	}
}
