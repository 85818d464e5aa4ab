import { kernel } from 'tilewright/language';
export default kernel({ name: 'a', summary: '', parameters: {}, arguments: () => null as never, dataflow() {}, workload: () => ({}) });
