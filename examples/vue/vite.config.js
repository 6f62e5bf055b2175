import vue from "@vitejs/plugin-vue";

// Vue is told that the name is not one of its own components.
export default { plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === "article-qa" } } })] };
