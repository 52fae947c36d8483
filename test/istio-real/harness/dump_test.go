package istio

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tls "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"istio.io/istio/pkg/util/sets"
	"istio.io/istio/pkg/wellknown"
)

type object = map[string]any

const (
	admin   = "type.googleapis.com/envoy.admin.v3."
	updated = "2026-01-01T00:00:00Z"
)

func anyOf(message proto.Message) *anypb.Any {
	packed, err := anypb.New(message)
	if err != nil {
		panic(err)
	}
	return packed
}

// written is the message with its type, as Envoy's admin port writes it.
func written(message proto.Message) json.RawMessage {
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(anyOf(message))
	if err != nil {
		panic(err)
	}
	return text
}

// secretsWantedBy names the secrets that the chains of the listeners ask for.
func secretsWantedBy(listeners []*listener.Listener) sets.String {
	names := sets.New[string]()
	for _, l := range listeners {
		for _, chain := range append(slices.Clone(l.GetFilterChains()), l.GetDefaultFilterChain()) {
			socket := &tls.DownstreamTlsContext{}
			if config := chain.GetTransportSocket().GetTypedConfig(); config == nil || config.UnmarshalTo(socket) != nil {
				continue
			}
			common := socket.GetCommonTlsContext()
			asked := append(
				slices.Clone(common.GetTlsCertificateSdsSecretConfigs()),
				common.GetValidationContextSdsSecretConfig(),
				common.GetCombinedValidationContext().GetValidationContextSdsSecretConfig(),
			)
			for _, secret := range asked {
				if secret != nil {
					names.Insert(secret.GetName())
				}
			}
		}
	}
	return names
}

// dumpOf is Envoy's config_dump after it has taken everything.
func dumpOf(
	listeners []*listener.Listener, routes []*route.RouteConfiguration, wanted sets.String, secrets []*discovery.Resource,
) object {
	health, healthRoutes := static(15021, "/healthz/ready")
	stats, statsRoutes := static(15090, "/stats/prometheus")
	active, warming := dumpedSecrets(wanted, secrets)
	return object{"configs": []object{
		{
			"@type":             admin + "ListenersConfigDump",
			"dynamic_listeners": dumpedListeners(listeners),
			"static_listeners":  []object{{"listener": written(stats)}, {"listener": written(health)}},
		},
		{
			"@type":                 admin + "RoutesConfigDump",
			"dynamic_route_configs": dumpedRoutes(routes),
			"static_route_configs":  []object{{"route_config": written(statsRoutes)}, {"route_config": written(healthRoutes)}},
		},
		{"@type": admin + "SecretsConfigDump", "dynamic_active_secrets": active, "dynamic_warming_secrets": warming},
	}}
}

func dumpedListeners(listeners []*listener.Listener) []object {
	dumped := []object{}
	for _, l := range listeners {
		dumped = append(dumped, object{"name": l.GetName(), "active_state": object{"listener": written(l)}})
	}
	return dumped
}

// dumpedRoutes sorts by name, and holds each configuration once even where several chains ask for it.
func dumpedRoutes(routes []*route.RouteConfiguration) []object {
	byName := map[string]*route.RouteConfiguration{}
	for _, r := range routes {
		if _, known := byName[r.GetName()]; !known {
			byName[r.GetName()] = r
		}
	}
	dumped := []object{}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		dumped = append(dumped, object{"route_config": written(byName[name])})
	}
	return dumped
}

// dumpedSecrets tells what came from what Envoy still waits for. Names without a scheme are the agent's.
func dumpedSecrets(wanted sets.String, resources []*discovery.Resource) (active, warming []object) {
	given := map[string]*tls.Secret{}
	for _, r := range resources {
		secret := &tls.Secret{}
		if err := r.GetResource().UnmarshalTo(secret); err != nil {
			panic(err)
		}
		given[secret.GetName()] = secret
	}
	active, warming = []object{}, []object{}
	dumped := func(secret *tls.Secret) object {
		return object{"name": secret.GetName(), "last_updated": updated, "secret": written(secret)}
	}
	for _, name := range sets.SortedList(wanted) {
		if secret := given[name]; secret != nil {
			active = append(active, dumped(secret))
		} else if strings.Contains(name, "://") {
			warming = append(warming, dumped(&tls.Secret{Name: name}))
		}
	}
	return active, warming
}

// static is one of the two listeners of every proxy, which forwards a path to the agent.
func static(port uint32, path string) (*listener.Listener, *route.RouteConfiguration) {
	routes := &route.RouteConfiguration{VirtualHosts: []*route.VirtualHost{{
		Name:    "backend",
		Domains: []string{"*"},
		Routes: []*route.Route{{
			Match: &route.RouteMatch{PathSpecifier: &route.RouteMatch_Prefix{Prefix: path}},
			Action: &route.Route_Route{Route: &route.RouteAction{
				ClusterSpecifier: &route.RouteAction_Cluster{Cluster: "agent"},
			}},
		}},
	}}}
	manager := &hcm.HttpConnectionManager{
		StatPrefix:     "agent",
		RouteSpecifier: &hcm.HttpConnectionManager_RouteConfig{RouteConfig: routes},
	}
	return &listener.Listener{
		Address: &core.Address{Address: &core.Address_SocketAddress{SocketAddress: &core.SocketAddress{
			Address:       "0.0.0.0",
			PortSpecifier: &core.SocketAddress_PortValue{PortValue: port},
		}}},
		FilterChains: []*listener.FilterChain{{Filters: []*listener.Filter{{
			Name:       wellknown.HTTPConnectionManager,
			ConfigType: &listener.Filter_TypedConfig{TypedConfig: anyOf(manager)},
		}}}},
	}, routes
}
