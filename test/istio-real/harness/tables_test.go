package istio

import (
	"bytes"
	"encoding/json"

	"istio.io/istio/istioctl/pkg/writer/envoy/configdump"
)

// tablesOf is what `istioctl proxy-config` prints of a config_dump.
func tablesOf(dump object) map[string]string {
	text, err := json.Marshal(dump)
	if err != nil {
		panic(err)
	}
	print := func(summary func(writer *configdump.ConfigWriter) error) string {
		printed := &bytes.Buffer{}
		writer := &configdump.ConfigWriter{Stdout: printed}
		if err := writer.Prime(text); err != nil {
			return err.Error()
		}
		if err := summary(writer); err != nil {
			return err.Error()
		}
		return printed.String()
	}
	return map[string]string{
		"listeners": print(func(writer *configdump.ConfigWriter) error {
			return writer.PrintListenerSummary(configdump.ListenerFilter{Verbose: true})
		}),
		"routes": print(func(writer *configdump.ConfigWriter) error {
			return writer.PrintRouteSummary(configdump.RouteFilter{Verbose: true})
		}),
		"secrets": print(func(writer *configdump.ConfigWriter) error { return writer.PrintSecretSummary() }),
	}
}
